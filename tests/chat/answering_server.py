"""A server for the paced requests of one limiter, over real sockets: it answers as told, or not at all."""

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.chat.discord_limits import Share
from bot.chat.request_limiter import RequestLimiter, use_share
from tests.clocks import START, VirtualClock
from tests.polling import TIMEOUT

BOT = {"Authorization": "Bot right"}


class NotingLimiter(RequestLimiter):
    """Notes when each request was let go, which is the last thing before it is sent."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__(clock)
        self.let_go: list[datetime] = []

    async def wait_for_slot(self, route: Hashable = None) -> None:
        await super().wait_for_slot(route)
        self.let_go.append(self._clock.now())


@dataclass(kw_only=True)
class Answering:
    """A server that answers as told and notes when each request came, by the virtual clock."""

    clock: VirtualClock
    limiter: NotingLimiter
    session: aiohttp.ClientSession
    url: str
    seen: list[tuple[str, datetime]]
    responses: list[Callable[[], web.Response]] = field(default_factory=list)
    connections: set[object] = field(default_factory=set)
    silent: str = ""
    pause: float = 0.0

    async def send(
        self,
        *,
        share: Share = Share.COURIER,
        headers: dict[str, str] | None = None,
        to: str = "",
        deadline: asyncio.Timeout | None = None,
    ) -> int:
        """Send one request; returns its status."""
        with use_share(share, deadline):
            async with self.session.get(self.url + to, headers=BOT if headers is None else headers) as response:
                await response.read()
                return response.status

    async def take_time(self) -> None:
        """Let `pause` real seconds pass."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self.pause):
                await asyncio.Event().wait()

    async def fall_silent(self, request: web.Request) -> None:
        """Answer nothing, or no more than the headers."""
        if self.silent == "headers":
            await web.StreamResponse(headers={"Content-Length": "2"}).prepare(request)
        await asyncio.Event().wait()

    def seconds(self) -> list[float]:
        """When the requests came, in seconds since the start."""
        return [(moment - START).total_seconds() for _, moment in self.seen]


async def echo(request: web.Request) -> web.WebSocketResponse:
    """Say again whatever is said."""
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    async for message in socket:
        await socket.send_str(message.data)
    return socket


@asynccontextmanager
async def answering(clock: VirtualClock) -> AsyncIterator[Answering]:
    limiter = NotingLimiter(clock)
    async with asyncio.timeout(TIMEOUT):
        made: list[Answering] = []

        async def answer(request: web.Request) -> web.Response:
            [here] = made
            here.seen.append((request.headers.get("Authorization", ""), clock.now()))
            here.connections.add(request.transport)
            if here.silent:
                await here.fall_silent(request)
            await here.take_time()
            return here.responses.pop(0)() if here.responses else web.Response()

        app = web.Application()
        app.router.add_get("/x", answer)
        app.router.add_get("/x/another", answer)
        app.router.add_get("/ws", echo)
        async with (
            TestServer(app) as server,
            aiohttp.ClientSession(connector=limiter.connector(), trace_configs=[limiter.trace_config()]) as session,
        ):
            url = str(server.make_url("/x"))
            made.append(Answering(clock=clock, limiter=limiter, session=session, url=url, seen=[]))
            yield made[0]
