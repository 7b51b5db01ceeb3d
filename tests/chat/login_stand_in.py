"""The part of Discord that a bot passes before it is ready, with any answer to any of its calls, over real sockets."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from aiohttp import web

from bot.chat.commands.registration import READ_AGAIN_EVERY
from tests.clocks import VirtualClock

USER = {"id": "1", "username": "Hey Buddy", "discriminator": "0", "avatar": None, "bot": True}
APPLICATION = {
    "id": "1",
    "name": "Hey Buddy",
    "icon": None,
    "description": "",
    "bot_public": True,
    "bot_require_code_grant": False,
    "verify_key": "",
    "flags": 0,
    "owner": USER,
}
CALLS = {
    "me": ("GET", "/users/@me"),
    "application": ("GET", "/oauth2/applications/@me"),
    "gateway": ("GET", "/gateway/bot"),
    "read": ("GET", "/applications/1/commands"),
    "write": ("PUT", "/applications/1/commands"),
}

Answer = Callable[[], web.Response | None]
"""A new response, or None for a connection that breaks."""


def as_json(body: Any, status: int = 200, **headers: str) -> web.Response:
    """JSON as Discord sends it: the library reads no other content type."""
    return as_text(json.dumps(body), status, content_type="application/json", **headers)


def as_text(text: str, status: int = 200, *, content_type: str = "text/html", **headers: str) -> web.Response:
    """Anything else."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.Response(body=text.encode(), status=status, headers={"Content-Type": content_type, **named})


BAD_ANSWERS: dict[str, tuple[Answer, str]] = {
    "429 page of its protection": (
        lambda: as_text("<html>1015</html>", 429, Retry_After="7"),
        "refuses this machine's address, or too many requests",
    ),
    "429 page for very long": (
        lambda: as_text("<html>1015</html>", 429, Retry_After="86400"),
        "refuses this machine's address, or too many requests",
    ),
    "429 for long": (
        lambda: as_json({"message": "slow", "retry_after": 400.0, "global": False}, 429, Via="1.1", Retry_After="400"),
        "asks for a pause",
    ),
    "403 of Discord's": (lambda: as_json({"message": "Missing Access", "code": 50001}, 403), "code 50001"),
    "403 page": (lambda: as_text("<html>no</html>", 403), "with a page of its own (403)"),
    "404": (lambda: as_json({"message": "404: Not Found", "code": 0}, 404), "discord.api_base"),
    "401 page": (lambda: as_text("<html>who are you</html>", 401), "with a page of its own (401)"),
    "400": (lambda: as_json({"message": "Invalid Form Body", "code": 50035}, 400), "code 50035"),
    "503": (lambda: as_text("no healthy upstream", 503, content_type="text/plain"), "isn't available (503)"),
    "200 login page": (lambda: as_text("<html>Welcome to the campus</html>"), "wants a login first"),
    "200 text": (lambda: as_text("ok", content_type="text/plain"), "usual form"),
    "broken JSON": (lambda: as_text("{", content_type="application/json"), "usual form"),
    "JSON of another form": (lambda: as_json({}), "usual form"),
    "a connection that breaks": (lambda: None, "can't be reached"),
}
"""Answers with which Discord, or something before it, refuses, and what the log says."""


class FastClock(VirtualClock):
    """Passes the time of each pause at once, and records the longer ones. Reading the commands again never comes."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float] = []

    async def sleep(self, seconds: float) -> None:
        if seconds == READ_AGAIN_EVERY:
            await asyncio.Event().wait()
        if seconds >= 1:
            self.pauses.append(seconds)
        await asyncio.sleep(0)
        self.set(self.now() + timedelta(seconds=seconds))


@dataclass(kw_only=True)
class LoginStandIn:
    """Login, commands, the gateway's address and identify.

    `planned` answers come first; `closes_with` are codes with which the next logins at the gateway end, `odd` events
    what the next ones get instead of READY.
    """

    token: str = "right"
    planned: dict[str, list[Answer]] = field(default_factory=dict)
    closes_with: list[int] = field(default_factory=list)
    odd_events: list[dict[str, Any]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    identified: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    commands: list[dict[str, Any]] = field(default_factory=list)
    address: str = ""
    shards: int = 2
    logins_left: int = 999

    def app(self) -> web.Application:
        app = web.Application()
        for name, (method, path) in CALLS.items():
            app.router.add_route(method, f"/api/v10{path}", self._handler(name))
        app.router.add_get("/ws", self._socket)
        app.router.add_get("/ws/", self._socket)
        return app

    def _handler(self, name: str) -> Callable[[web.Request], Any]:
        async def handle(request: web.Request) -> web.Response:
            self.requests.append(name)
            planned = self.planned.get(name)
            response = planned.pop(0)() if planned else await self._answer(name, request)
            if response is None:
                assert request.transport is not None
                request.transport.abort()
                return web.Response()
            return response

        return handle

    async def _answer(self, name: str, request: web.Request) -> web.Response:
        if request.headers["Authorization"] != f"Bot {self.token}":
            return as_json({"message": "401: Unauthorized", "code": 0}, 401)
        if name == "write":
            written = await request.json()
            self.commands = [each | {"id": "1", "application_id": "1", "version": "1"} for each in written]
        limit = {"total": 1000, "remaining": self.logins_left, "reset_after": 90_000, "max_concurrency": 1}
        bodies: dict[str, Any] = {
            "me": USER,
            "application": APPLICATION,
            "gateway": {"url": f"{self.address}/ws", "shards": self.shards, "session_start_limit": limit},
            "read": self.commands,
            "write": self.commands,
        }
        return as_json(bodies[name])

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 45_000}, "s": None, "t": None})
        async for message in socket:
            said = message.json()
            if said["op"] == 2:
                await self._greet(socket, said["d"])
        return socket

    async def _greet(self, socket: web.WebSocketResponse, identity: dict[str, Any]) -> None:
        if self.closes_with:
            await socket.close(code=self.closes_with.pop(0))
            return
        if self.odd_events:
            await socket.send_json(self.odd_events.pop(0))
            return
        ready = {
            "v": 10,
            "user": USER,
            "guilds": [],
            "session_id": "s",
            "resume_gateway_url": f"{self.address}/ws",
            "shard": identity["shard"],
            "application": {"id": "1", "flags": 0},
        }
        await socket.send_json({"op": 0, "t": "READY", "s": 1, "d": ready})
        await self.identified.put(identity)
