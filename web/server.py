"""The public listener: aiohttp with less patience, and with our own words where its parser refuses a request."""

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from bot.words import load
from web.headers import SecurityHeaders
from web.problems import HttpProblem, answer

KEEP_ALIVE = 5.0  # seconds; also what a silent or dripping client gets
LINGER = 1.0
OURS = 500  # from here on HTTP calls it our mistake

log = logging.getLogger(__name__)


class DoorProtocol(RequestHandler):
    """One connection. What its parser refuses is answered like everything else."""

    __slots__ = ("security",)

    security: SecurityHeaders

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Our own words instead of aiohttp's, which would repeat the offending bytes."""
        if request.writer.output_size > 0:
            raise ConnectionError("the answer has begun already")
        if status >= OURS:
            log.error("a request failed before it reached us, or after", exc_info=exc)
        response = answer(HttpProblem("internal" if status >= OURS else "bad_request"), load())
        self.security.put_on(response)
        response.force_close()
        return response


class DoorServer(web.Server):
    """Makes connections that speak as we do."""

    security: SecurityHeaders

    def __call__(self) -> RequestHandler:
        protocol = DoorProtocol(self, loop=self._loop, **self._kwargs)
        protocol.security = self.security
        return protocol


Handle = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


def _in_our_words(handle: Handle) -> Handle:
    async def handled(request: web.BaseRequest) -> web.StreamResponse:
        """What aiohttp refuses before the application's middlewares see it: an expectation at an unknown address."""
        try:
            return await handle(request)
        except web.HTTPException:
            return answer(HttpProblem("bad_request"), load())

    return handled


class DoorRunner(web.AppRunner):
    """Runs the application behind that server."""

    __slots__ = ("_security",)

    def __init__(self, app: web.Application, security: SecurityHeaders) -> None:
        super().__init__(
            app, keepalive_timeout=KEEP_ALIVE, lingering_time=LINGER, access_log=None, handle_signals=False
        )
        self._security = security

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        server = DoorServer(_in_our_words(made.request_handler), request_factory=made.request_factory, **made._kwargs)  # noqa: SLF001 -- aiohttp offers no other way
        server.security = self._security
        return server
