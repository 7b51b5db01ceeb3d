"""Connecting with a token, over real sockets."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import discord
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from bot.chat.deliver import TokenRefused
from bot.chat.part import Chat
from bot.clock import Clock, SystemClock
from bot.store import Store
from tests.chat.chat_harness import new_chat
from tests.clocks import VirtualClock

pytestmark = pytest.mark.usefixtures("discord_addresses")

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
    """Raised to end the test."""


class ClockThatStops(VirtualClock):
    """Records pauses without sleeping, and raises EnoughSeenError at pause number `patience`."""

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
class LoginStandIn:
    """The part of Discord that a bot passes before it is ready: login, gateway address and identify."""

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


@pytest.fixture
async def discord_login() -> AsyncIterator[LoginStandIn]:
    stand_in = LoginStandIn()
    async with TestServer(stand_in.app()) as server:
        stand_in.address = str(server.make_url("/")).rstrip("/")
        yield stand_in


def chat(store: Store, *, base: str, token: str = "right", clock: Clock | None = None, **options: Any) -> Chat:
    """The chat part, pointed at an address."""
    return new_chat(store, clock or SystemClock(), token=token, api_base=f"{base}/api/v10", **options)


async def identify(store: Store, discord_login: LoginStandIn, **options: Any) -> dict[str, Any]:
    """The client's identify payload when it connects."""
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        running = group.create_task(chat(store, base=discord_login.address, **options).run())
        payload = await discord_login.identified.get()
        running.cancel()
    return payload


async def test_the_gateway_is_the_one_that_the_api_names(store: Store, discord_login: LoginStandIn) -> None:
    """Any API address works, and no privileged intent is requested: guilds and bans, and nothing else."""
    payload = await identify(store, discord_login)
    assert payload["intents"] == discord.Intents(guilds=True, moderation=True).value
    assert payload["token"] == "right"
    assert payload["shard"] == [0, 2]


async def test_a_process_connects_only_its_own_shards(store: Store, discord_login: LoginStandIn) -> None:
    """Their number is at least the highest of them."""
    assert (await identify(store, discord_login, shard_ids=[3]))["shard"] == [3, 4]


async def test_commands_are_synced_when_they_change(store: Store, discord_login: LoginStandIn) -> None:
    """A restart with the same commands syncs nothing; a changed definition is synced again."""
    await identify(store, discord_login)
    await identify(store, discord_login)
    assert discord_login.requests.count("sync") == 1
    await store.installation.set("commands_synced:1", "of an older version")
    await identify(store, discord_login)
    assert discord_login.requests.count("sync") == 2


async def test_a_wrong_token_is_tried_once(store: Store, discord_login: LoginStandIn) -> None:
    """The error says what to do."""
    with pytest.raises(TokenRefused, match="Discord refuses the bot's token"):
        await chat(store, base=discord_login.address, token="wrong").run()
    assert discord_login.requests == ["me"]


async def test_a_token_that_the_gateway_refuses(store: Store, discord_login: LoginStandIn) -> None:
    """A token that is revoked after the login gets the same error."""
    discord_login.closes_with = 4004
    one = [0]  # the library waits five seconds between two shards
    with pytest.raises(TokenRefused, match="Discord refuses the bot's token"):
        await asyncio.wait_for(chat(store, base=discord_login.address, shard_ids=one).run(), 10)


async def test_a_login_waits_until_discord_allows_one(store: Store, discord_login: LoginStandIn) -> None:
    """Discord resets a token that logs in too often."""
    discord_login.logins_left = 0
    clock = ClockThatStops(patience=1)
    with pytest.raises(EnoughSeenError):
        await chat(store, base=discord_login.address, clock=clock).run()
    assert clock.pauses == [90]


async def test_pauses_grow_while_discord_is_unreachable(store: Store) -> None:
    """They double up to a minute."""
    port = unused_port()

    clock = ClockThatStops(patience=8)
    with pytest.raises(EnoughSeenError):
        await chat(store, base=f"http://127.0.0.1:{port}", clock=clock).run()
    assert clock.pauses == [1, 2, 4, 8, 16, 32, 60, 60]
