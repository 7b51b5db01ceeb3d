"""Listens where the page would, while a check runs and `heybuddy run` does not: for the proxy, and for webhooks."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from aiohttp import web

from bot.check.answer import CHECK_HEADER
from bot.check.finding import Finding, found_fault
from bot.domain.room import is_check_room
from web.http_server import CannotListen, serve_http
from web.middlewares import SAFE_METHODS
from web.problems import HttpProblem, problem_response
from web.rooms import ForgedWebhook, Rooms, UntimelyWebhook
from web.security_headers import SecurityHeaders
from web.webhook import WEBHOOK_PATH

WEBHOOK_TYPE: Final = "application/webhook+json"
LARGEST_BODY: Final = 64 * 1024
MAX_CONNECTIONS: Final = 100


@dataclass(frozen=True, kw_only=True)
class LastHop:
    """Who brought our own request for the page: the `peer`'s address, and the lines of X-Forwarded-For it sent."""

    peer: str
    forwarded: Sequence[str]


class Receiver:
    """Answers every request at `place` (host and `port`) with `nonce`, and notes the webhooks that come.

    `listens` is False if the place is taken, presumably by `heybuddy run`, or if nobody can listen there: then `fault`
    says why. `arrived` holds the rooms of genuine events, `stray_path` is where LiveKit sends its events if that is
    wrong, `forged` says whether another key signed one, `untimely` whether one was signed at another time, and
    `last_hop` who brought the check's own request.
    """

    def __init__(self, *, host: str, port: int, nonce: str, rooms: Rooms | None) -> None:
        self.place = f"{host}:{port}"
        self.nonce = nonce
        self.listens = False
        self.fault: Finding | None = None
        self.arrived: set[str] = set()
        self.stray_path: str | None = None
        self.forged = False
        self.untimely = False
        self.last_hop: LastHop | None = None
        self.port = port
        self._host = host
        self._rooms = rooms

    @property
    def address(self) -> str:
        """The place as an address that this machine reaches, past every proxy."""
        return f"http://{_reachable_host(self._host)}:{self.port}"

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Listen while the context is open, if nobody else does."""
        app = web.Application(client_max_size=LARGEST_BODY)
        app.router.add_route("*", "/{path:.*}", self._answer)
        headers = SecurityHeaders(public_url="", livekit_url="")
        server = serve_http(
            app, security_headers=headers, host=self._host, port=self.port, max_connections=MAX_CONNECTIONS
        )
        try:
            await server.__aenter__()
        except CannotListen as error:
            self.fault = None if error.is_taken else found_fault(error.setting, error.reason)
            yield
            return
        self.listens = True
        try:
            yield
        finally:
            await server.__aexit__(None, None, None)

    async def _answer(self, request: web.Request) -> web.Response:
        response = await self._respond(request)
        response.headers[CHECK_HEADER] = self.nonce
        return response

    async def _respond(self, request: web.Request) -> web.Response:
        if self._rooms and request.method == "POST" and request.content_type == WEBHOOK_TYPE:
            return web.Response(status=await self._receive_webhook(request, self._rooms))
        if request.headers.get(CHECK_HEADER) == self.nonce:
            self.last_hop = LastHop(
                peer=request.remote or "", forwarded=tuple(request.headers.getall("X-Forwarded-For", ()))
            )
        if request.path == "/room":
            return web.Response(text="heybuddy check\n")
        problem = "not_found" if request.method in SAFE_METHODS else "cross_site"  # as the page itself answers
        return problem_response(HttpProblem(problem), request.headers)

    async def _receive_webhook(self, request: web.Request, rooms: Rooms) -> int:
        try:
            event = rooms.read_webhook(await request.read(), request.headers.get("Authorization", ""))
        except UntimelyWebhook:
            self.untimely = True
            return web.HTTPUnauthorized.status_code
        except ForgedWebhook:
            self.forged = True
            return web.HTTPUnauthorized.status_code
        if request.path != WEBHOOK_PATH:
            self.stray_path = request.path
            return web.HTTPNotFound.status_code
        if not is_check_room(event.room_name):
            return web.HTTPServiceUnavailable.status_code  # it is for `heybuddy run`, which does not run
        self.arrived.add(event.room_name)
        return web.HTTPOk.status_code


def _reachable_host(host: str) -> str:
    """Where this machine reaches a server that listens at `host`, which may mean all of its addresses."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if address.is_unspecified:
        return "127.0.0.1" if address.version == 4 else "[::1]"  # noqa: PLR2004 -- the version of IP
    return host if address.version == 4 else f"[{host}]"  # noqa: PLR2004
