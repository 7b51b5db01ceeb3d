"""Listens where the page would, while a check runs and `heybuddy run` does not: for the proxy, and for webhooks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web

from bot.domain.room import is_check_room
from bot.process import CannotStart
from web.http_server import serve_http
from web.rooms import ForgedWebhook, Rooms
from web.security_headers import SecurityHeaders
from web.webhook import WEBHOOK_PATH

CHECK_HEADER: Final = "X-Hey-Buddy-Check"
WEBHOOK_TYPE: Final = "application/webhook+json"
LARGEST_BODY: Final = 64 * 1024
MAX_CONNECTIONS: Final = 100


class Receiver:
    """Answers every request at `place` (host and port) with `nonce`, and notes the webhooks that come.

    `listens` is False if the place is taken, presumably by `heybuddy run`. `arrived` holds the rooms of genuine events,
    `stray_path` is where LiveKit sends its events if that is wrong, and `forged` says whether another key signed one.
    """

    def __init__(self, *, host: str, port: int, nonce: str, rooms: Rooms | None) -> None:
        self.place = f"{host}:{port}"
        self.nonce = nonce
        self.listens = False
        self.arrived: set[str] = set()
        self.stray_path: str | None = None
        self.forged = False
        self._host, self._port = host, port
        self._rooms = rooms

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Listen while the context is open, if nobody else does."""
        app = web.Application(client_max_size=LARGEST_BODY)
        app.router.add_route("*", "/{path:.*}", self._answer)
        headers = SecurityHeaders(public_url="", livekit_url="")
        server = serve_http(
            app, security_headers=headers, host=self._host, port=self._port, max_connections=MAX_CONNECTIONS
        )
        try:
            await server.__aenter__()
        except CannotStart:
            yield
            return
        self.listens = True
        try:
            yield
        finally:
            await server.__aexit__(None, None, None)

    async def _answer(self, request: web.Request) -> web.Response:
        headers = {CHECK_HEADER: self.nonce}
        if self._rooms and request.method == "POST" and request.content_type == WEBHOOK_TYPE:
            return web.Response(status=await self._receive_webhook(request, self._rooms), headers=headers)
        return web.Response(text="heybuddy check\n", headers=headers)

    async def _receive_webhook(self, request: web.Request, rooms: Rooms) -> int:
        try:
            event = rooms.read_webhook(await request.read(), request.headers.get("Authorization", ""))
        except ForgedWebhook:
            self.forged = True
            return web.HTTPUnauthorized.status_code
        if request.path != WEBHOOK_PATH:
            self.stray_path = request.path
            return web.HTTPNotFound.status_code
        if is_check_room(event.room_name):
            self.arrived.add(event.room_name)
        return web.HTTPOk.status_code
