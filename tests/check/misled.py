"""An installation that works, and what can be put into its way: on loopback, real or a stand-in."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.chat.commands.expected import expected_commands
from bot.connection_errors import NO_ANSWER
from bot.leader_loop import Leadership
from bot.readiness import WORDS, Readiness
from bot.sandbox.livekit_server import LiveKitServer as RunningLiveKit
from bot.sandbox.loopback import LOOPBACK
from bot.store import Store
from tests.check.installation import CLOCK, Place
from tests.check.proxies import Handler, proxy_without_upgrade
from web.livekit_rooms import LiveKitServer, connect_rooms
from web.part import WebPart

TOKEN = "the-token"
SECRET = "x" * 32
PAGE_URL = "HEYBUDDY_WEB__PUBLIC_URL"
API_BASE = "HEYBUDDY_DISCORD__API_BASE"
API_URL = "HEYBUDDY_LIVEKIT__API_URL"
LIVEKIT_URL = "LIVEKIT_URL"
HTML, JSON = "text/html", "application/json"
REFUSED_TOKEN = '{"message": "401: Unauthorized", "code": 0}'

Respond = Callable[[web.Request], Awaitable[web.StreamResponse]]


class WebhookRelay:
    """Takes LiveKit's events, and passes them on to `place`, wherever that is at present. LiveKit repeats none."""

    place: Place

    async def pass_on(self, request: web.Request) -> web.Response:
        """Answer 200 whatever comes of it."""
        body = await request.read()
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as http:
            with suppress(*NO_ANSWER):
                await http.post(f"{self.place.public_url}{request.path}", data=body, headers=request.headers)
        return web.Response()


@dataclass(kw_only=True)
class Misled:
    """An installation as `environment` describes it. What it starts runs until `stack` is closed."""

    environment: dict[str, str]
    place: Place
    livekit: LiveKitServer
    store: Store
    stack: AsyncExitStack

    async def put_before_page(self, **deviations: Any) -> None:
        """A proxy that does its work, but for what is said."""
        proxy = proxy_without_upgrade(self.place.public_url, **deviations)
        self.environment[PAGE_URL] = await self.stack.enter_async_context(proxy)

    async def put_before_livekit(self, variable: str, **deviations: Any) -> None:
        """A proxy between LiveKit and whoever uses the address that `variable` sets."""
        proxy = proxy_without_upgrade(self.livekit.api_url, **deviations)
        self.lead(variable, await self.stack.enter_async_context(proxy))

    def set_livekit(self, server: RunningLiveKit) -> None:
        """Use this LiveKit with its key."""
        self.lead(LIVEKIT_URL, server.url)
        self.environment |= {"LIVEKIT_API_KEY": server.api_key, "LIVEKIT_API_SECRET": server.api_secret}

    def lead(self, variable: str, address: str) -> None:
        """Let `variable` lead to `address`, by WebSocket if it is LiveKit's."""
        self.environment[variable] = address.replace("http", "ws", 1) if variable == LIVEKIT_URL else address

    async def ask_livekit(self, request: web.Request) -> web.Response:
        """LiveKit's answer to a GET."""
        async with aiohttp.ClientSession() as http, http.get(f"{self.livekit.api_url}{request.path_qs}") as answer:
            return web.Response(status=answer.status, text=await answer.text())

    async def serve(self, respond: Respond, port: int = 0) -> str:
        """The address of a server that answers everything so."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", respond)
        server = await self.stack.enter_async_context(TestServer(app, port=port))
        return f"http://{LOOPBACK}:{server.port}"

    async def send_bytes(self, sent: bytes | None, port: int = 0) -> str:
        """The address of a server that sends just this and closes the connection; None: that never says anything."""

        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(1)
            writer.write(sent or b"")
            writer.close()

        if sent is None:
            silent = self.stack.enter_context(socket.create_server((LOOPBACK, port)))
            return f"http://{LOOPBACK}:{silent.getsockname()[1]}"
        server = await self.stack.enter_async_context(await asyncio.start_server(handle, LOOPBACK, port))
        return f"http://{LOOPBACK}:{server.sockets[0].getsockname()[1]}"

    async def run(self, **changed: Any) -> None:
        """Run the page of `heybuddy run`, with settings that have changed since in `changed`."""
        url = self.environment[PAGE_URL]
        part = WebPart(
            store=self.store,
            clock=CLOCK,
            leadership=Leadership(leases=self.store.leases, clock=CLOCK, name="rooms", holder="test"),
            session_secret=SECRET.encode(),
            public_url=url,
            host=LOOPBACK,
            port=self.place.port,
            trusted_proxies=(),
            livekit=self.livekit,
            is_own_origin=url.__eq__,
            chat_url="https://discord.example/channels",
            readiness=Readiness(store=self.store, clock=CLOCK, holder="test"),
            max_connections=100,
        )
        part = replace(part, **changed)
        http = await self.stack.enter_async_context(aiohttp.ClientSession())
        await self.stack.enter_async_context(part.serve(connect_rooms(part.livekit, http)))
        await self.store.readiness.record(
            "test", dict.fromkeys(WORDS), CLOCK.now()
        )  # as a process that has just started


Arrange = Callable[[Misled], Awaitable[None]]
Cases = Mapping[str, tuple[Arrange, Sequence[str]]]
"""What is put into the way, and the beginnings of what a check says then, in its order. PORT is the page's port."""


def answer_with(status: int, body: str = "", content_type: str = HTML, **headers: str) -> Handler:
    """An answer to every request."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: web.Response(status=status, text=body, content_type=content_type, headers=named)


def only(handler: Handler, *, method: str = "", path: str = "") -> Handler:
    """`handler` for requests with this method, if one is given, and a path that begins so."""
    return lambda request: (
        handler(request) if method in {"", request.method} and request.path.startswith(path) else None
    )


def changed(**variables: str) -> Arrange:
    """Variables that are set wrongly."""

    async def arrange(misled: Misled) -> None:
        misled.environment.update(variables)

    return arrange


def leading(variable: str, handler: Handler | bytes | None) -> Arrange:
    """An address that leads to somebody who answers so, sends these bytes, or is silent."""

    async def arrange(misled: Misled) -> None:
        if handler is None or isinstance(handler, bytes):
            misled.lead(variable, await misled.send_bytes(handler))
            return

        async def respond(request: web.Request) -> web.StreamResponse:
            return handler(request) or web.Response(status=404)

        misled.lead(variable, await misled.serve(respond))

    return arrange


def behind_proxy(answer_first: Handler = lambda _: None, **deviations: Any) -> Arrange:
    """`heybuddy run` runs behind a proxy that answers some requests itself, or does its work badly."""

    async def arrange(misled: Misled) -> None:
        await misled.put_before_page(answer_first=answer_first, **deviations)
        await misled.run()

    return arrange


def behind_proxy_at_first(answer_first: Handler = lambda _: None, **deviations: Any) -> Arrange:
    """As `behind_proxy`, before `heybuddy run` has been started."""

    async def arrange(misled: Misled) -> None:
        await misled.put_before_page(answer_first=answer_first, **deviations)

    return arrange


def before_livekit(variable: str, answer_first: Handler = lambda _: None, **deviations: Any) -> Arrange:
    """A proxy before LiveKit at the address that `variable` sets."""

    async def arrange(misled: Misled) -> None:
        await misled.put_before_livekit(variable, answer_first=answer_first, **deviations)

    return arrange


def running(**run: Any) -> Arrange:
    """`heybuddy run` runs; `run` has changed since it started."""

    async def arrange(misled: Misled) -> None:
        await misled.run(**run)

    return arrange


def leading_to_discord(path: str = "", answers: Mapping[str, Any] | None = None) -> Arrange:
    """Another path at Discord, or a Discord that answers otherwise at some paths."""

    async def arrange(misled: Misled) -> None:
        address = await misled.stack.enter_async_context(stand_in_for_discord(answers))
        misled.environment[API_BASE] = f"{address}{path}"

    return arrange


@asynccontextmanager
async def stand_in_for_discord(answers: Mapping[str, Any] | None = None) -> AsyncIterator[str]:
    """The address of a Discord that knows one token and has every command."""

    async def answer(request: web.Request) -> web.Response:
        if request.headers["Authorization"] != f"Bot {TOKEN}":
            return web.Response(status=401, text=REFUSED_TOKEN, content_type=JSON)
        known: Mapping[str, Any] = {
            "/users/@me": {"username": "Buddy"},
            "/oauth2/applications/@me": {"id": "7"},
            "/applications/7/commands": await expected_commands(),
            **(answers or {}),
        }
        if request.path not in known:
            return web.json_response({"message": "404: Not Found", "code": 0}, status=404)
        return web.json_response(known[request.path])

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    async with TestServer(app) as server:
        yield f"http://{LOOPBACK}:{server.port}"
