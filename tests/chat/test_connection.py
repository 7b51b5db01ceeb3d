"""From a token to a running client, over real sockets."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.chat.deliver import TokenRefused
from bot.chat.part import Chat
from bot.clock import Clock, SystemClock
from bot.matching.fit import Weights
from bot.store import Store
from tests.chat.hall import INTERACTION_KEY, LINK_KEY, PUBLIC_URL, at_once
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


class EnoughSeenError(Exception):
    """The test is over."""


class Impatient(VirtualClock):
    """Sleeps no time, and has seen enough after some pauses."""

    def __init__(self, *, patience: int) -> None:
        super().__init__()
        self.pauses: list[float] = []
        self._patience = patience

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        if len(self.pauses) == self._patience:
            raise EnoughSeenError


def answer(body: Any, *, status: int = 200) -> web.Response:
    """JSON as Discord sends it: the library reads no other content type."""
    return web.Response(body=json.dumps(body).encode(), status=status, content_type="application/json")


@dataclass(kw_only=True)
class Threshold:
    """The part of Discord that stands between a token and READY."""

    token: str = "right"
    requests: list[str] = field(default_factory=list)
    identified: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    address: str = ""
    logins_left: int = 999
    closes_with: int | None = None

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/api/v10/users/@me", self._me)
        app.router.add_get("/api/v10/oauth2/applications/@me", self._application)
        app.router.add_put("/api/v10/applications/1/commands", self._commands)
        app.router.add_get("/api/v10/gateway/bot", self._gateway)
        app.router.add_get("/ws", self._socket)
        app.router.add_get("/ws/", self._socket)
        return app

    async def _me(self, request: web.Request) -> web.Response:
        self.requests.append("me")
        if request.headers["Authorization"] != f"Bot {self.token}":
            return answer({"message": "401: Unauthorized", "code": 0}, status=401)
        return answer(USER)

    async def _application(self, _: web.Request) -> web.Response:
        return answer(APPLICATION)

    async def _commands(self, _: web.Request) -> web.Response:
        self.requests.append("sync")
        return answer([])

    async def _gateway(self, _: web.Request) -> web.Response:
        limit = {"total": 1000, "remaining": self.logins_left, "reset_after": 90_000, "max_concurrency": 1}
        return answer({"url": f"{self.address}/ws", "shards": 2, "session_start_limit": limit})

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 45_000}, "s": None, "t": None})
        async for message in socket:
            said = message.json()
            if said["op"] == 2:
                await self.identified.put(said["d"])
                if self.closes_with is not None:
                    await socket.close(code=self.closes_with)
        return socket


@pytest.fixture(autouse=True)
def _the_library_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its two addresses are the process's; other tests find them unchanged."""
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)


@pytest.fixture
async def threshold() -> AsyncIterator[Threshold]:
    stand_in = Threshold()
    async with TestServer(stand_in.app()) as server:
        stand_in.address = str(server.make_url("/")).rstrip("/")
        yield stand_in


def chat(store: Store, *, base: str, token: str = "right", clock: Clock | None = None, **options: Any) -> Chat:
    """The chat part, pointed at an address."""
    return Chat(
        store=store,
        clock=clock or SystemClock(),
        token=token,
        api_base=f"{base}/api/v10",
        link_key=LINK_KEY,
        interaction_key=INTERACTION_KEY,
        public_url=PUBLIC_URL,
        wait_minutes=14,
        weights=Weights(),
        turn=at_once,
        **options,
    )


async def identify(store: Store, threshold: Threshold, **options: Any) -> dict[str, Any]:
    """What the client says of itself when it connects."""
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        running = group.create_task(chat(store, base=threshold.address, **options).run())
        said = await threshold.identified.get()
        running.cancel()
    return said


async def test_it_finds_the_gateway_where_it_is_told(store: Store, threshold: Threshold) -> None:
    """Any REST address will do; the gateway is what that answers; nothing privileged is asked for."""
    said = await identify(store, threshold)
    assert said["intents"] == 1, "guilds, and nothing else"
    assert said["token"] == "right"
    assert said["shard"] == [0, 2]


async def test_shards_of_this_process(store: Store, threshold: Threshold) -> None:
    """Only those it was given, of as many as there are."""
    assert (await identify(store, threshold, shard_ids=[3]))["shard"] == [3, 4]


async def test_commands_are_told_once(store: Store, threshold: Threshold) -> None:
    """A restart with the same definitions tells Discord nothing; changed ones are told again."""
    await identify(store, threshold)
    await identify(store, threshold)
    assert threshold.requests.count("sync") == 1
    await store.installation.set("commands_synced:1", "of an older version")
    await identify(store, threshold)
    assert threshold.requests.count("sync") == 2


async def test_a_wrong_token(store: Store, threshold: Threshold) -> None:
    """One request, one sentence, no second try."""
    with pytest.raises(TokenRefused, match="Discord refuses the bot's token"):
        await chat(store, base=threshold.address, token="wrong").run()
    assert threshold.requests == ["me"]


async def test_a_token_that_the_gateway_refuses(store: Store, threshold: Threshold) -> None:
    """A token taken back between login and gateway gets the same sentence."""
    threshold.closes_with = 4004
    one = [0]  # between two shards the library waits for five seconds
    with pytest.raises(TokenRefused, match="Discord refuses the bot's token"):
        await asyncio.wait_for(chat(store, base=threshold.address, shard_ids=one).run(), 10)


async def test_no_more_logins_today(store: Store, threshold: Threshold) -> None:
    """It waits until Discord allows one instead of losing the token."""
    threshold.logins_left = 0
    clock = Impatient(patience=1)
    with pytest.raises(EnoughSeenError):
        await chat(store, base=threshold.address, clock=clock).run()
    assert clock.pauses == [90]


async def test_discord_out_of_reach(store: Store) -> None:
    """It waits ever longer instead of knocking, and gets in when there is somebody."""
    port = unused_port()

    clock = Impatient(patience=8)
    with pytest.raises(EnoughSeenError):
        await chat(store, base=f"http://127.0.0.1:{port}", clock=clock).run()
    assert clock.pauses == [1, 2, 4, 8, 16, 32, 60, 60]
