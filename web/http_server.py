"""The public HTTP server: aiohttp with short timeouts, and our own problems for requests that its parser refuses."""

import asyncio
import errno
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from types import MappingProxyType

from aiohttp import hdrs, web
from aiohttp.http_exceptions import LineTooLong
from aiohttp.web_protocol import RequestHandler

from bot.log import describe_os_error
from bot.process import CannotStart
from web.bounded_site import BoundedSite, Places
from web.problems import HttpProblem, problem_response
from web.security_headers import SecurityHeaders

MAX_ADDRESS_BYTES = 8 * 1024  # ours have less than 100; what has more is no link of ours
MAX_FIELD_BYTES = 16 * 1024  # of a header; a proxy usually lets 8 KiB through, and other sites of a domain add cookies
KEEP_ALIVE_S = 5.0  # also the limit for clients that send nothing, or a header byte by byte
LINGERING_TIME_S = 1.0
FIRST_SERVER_ERROR = 500
ASKS_FOR_A_PAGE: Mapping[str, str] = MappingProxyType({hdrs.ACCEPT: "text/html"})
"""Instead of headers that were not read, because they or the address were too large: mostly a person waits."""

log = logging.getLogger(__name__)

RequestCallback = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class CannotListen(CannotStart):
    """Nothing can listen where `setting` says, because of `reason`; `is_taken`: because another program does."""

    def __init__(self, setting: str, reason: str, *, is_taken: bool = False) -> None:
        super().__init__(f"{setting}: {reason}")
        self.setting = setting
        self.reason = reason
        self.is_taken = is_taken


class HttpConnection(RequestHandler):
    """One connection. If the parser refuses a request, the answer is a problem with the security headers."""

    __slots__ = ("on_lost", "security_headers")

    security_headers: SecurityHeaders
    on_lost: Callable[[], None]

    def connection_lost(self, exc: BaseException | None) -> None:
        """Called by asyncio once the connection is closed; makes room for the next."""
        super().connection_lost(exc)
        self.on_lost()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Called by aiohttp; replaces aiohttp's text, which would repeat the offending bytes."""
        if request.writer.output_size > 0:
            raise ConnectionError("part of a response has already been sent")
        is_ours = status >= FIRST_SERVER_ERROR
        if is_ours:
            log.error("a request failed outside the application", exc_info=exc)
        if isinstance(exc, LineTooLong):
            _, limit, _ = exc.args
            code = "address_too_long" if limit == MAX_ADDRESS_BYTES else "headers_too_large"
            response = problem_response(HttpProblem(code), ASKS_FOR_A_PAGE)
        else:
            response = problem_response(HttpProblem("internal" if is_ours else "bad_request"), request.headers)
        self.security_headers.add_to(response)
        response.force_close()
        return response


class HttpServer(web.Server):
    """Makes an HttpConnection for each connection; takes over the callbacks of an application's own server.

    `on_lost` is called once for each connection that is closed.
    """

    def __init__(
        self, application_server: web.Server, security_headers: SecurityHeaders, on_lost: Callable[[], None]
    ) -> None:
        super().__init__(
            _catch_early_refusals(application_server.request_handler),
            request_factory=application_server.request_factory,
        )
        self._security_headers = security_headers
        self._on_lost = on_lost

    def __call__(self) -> RequestHandler:
        """Called by asyncio for each new connection."""
        connection = HttpConnection(
            self,
            loop=asyncio.get_running_loop(),
            keepalive_timeout=KEEP_ALIVE_S,
            lingering_time=LINGERING_TIME_S,
            max_line_size=MAX_ADDRESS_BYTES,
            max_field_size=MAX_FIELD_BYTES,
            access_log=None,  # type: ignore[arg-type]  # aiohttp's own runner passes None as well
        )
        connection.security_headers = self._security_headers
        connection.on_lost = self._on_lost
        return connection


@asynccontextmanager
async def serve_http(
    app: web.Application, *, security_headers: SecurityHeaders, host: str, port: int, max_connections: int
) -> AsyncIterator[BoundedSite]:
    """Serve `app` on `host` and `port` (0: any free port) while the context is open; yields the listening site.

    At most `max_connections` are open at the same time; more wait until one of them closes. Adds `security_headers` to
    every response. Raises CannotListen if the port cannot be used.
    """
    places = Places(max_connections)
    app.on_response_prepare.extend([security_headers.on_response_prepare, places.on_response_prepare])
    async with AsyncExitStack() as stack:
        app_runner = web.AppRunner(app)
        stack.push_async_callback(app_runner.cleanup)
        await app_runner.setup()
        if app_runner.server is None:
            raise RuntimeError("aiohttp's AppRunner.setup made no server")
        runner = web.ServerRunner(HttpServer(app_runner.server, security_headers, places.give_back))
        stack.push_async_callback(runner.cleanup)
        await runner.setup()
        site = BoundedSite(runner, host, port, places)
        await _start_listening(site, host, port)
        yield site


async def _start_listening(site: BoundedSite, host: str, port: int) -> None:
    try:
        await site.start()
    except OSError as error:
        raise _explain_failure(error, host, port) from error


def _explain_failure(error: OSError, host: str, port: int) -> CannotListen:
    if error.errno == errno.EADDRINUSE:
        reason = "another program does; stop it or choose another port"
        return CannotListen("web.port", f"nothing can listen at {host}:{port}: {reason}", is_taken=True)
    if error.errno in {errno.EACCES, errno.EPERM}:
        reason = "this user may not; choose a port from 1024, and let a proxy lead there"
        return CannotListen("web.port", f"nothing can listen at {host}:{port}: {reason}")
    reason = "this machine has no such address" if error.errno == errno.EADDRNOTAVAIL else describe_os_error(error)
    advice = "write one that it has, such as 127.0.0.1"
    return CannotListen("web.host", f"nothing can listen at {host}:{port}: {reason}; {advice}")


def _catch_early_refusals(handle_request: RequestCallback) -> RequestCallback:
    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        """Catch what aiohttp refuses before the middlewares run: an expectation at an unknown address."""
        try:
            return await handle_request(request)
        except web.HTTPException:
            return problem_response(HttpProblem("bad_request"), request.headers)

    return handle
