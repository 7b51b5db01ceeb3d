"""Connecting with a token, over real sockets."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.chat import connection, request_limiter
from bot.chat.connection import PAUSE_AFTER_MISTAKE
from bot.chat.discord_trouble import TokenRefused
from bot.chat.part import Chat
from bot.clock import Clock, SystemClock
from bot.domain.invitation import digest
from bot.store import Store
from bot.store.chat_processes import ChatProcess
from tests.chat.chat_harness import new_chat
from tests.chat.login_stand_in import BAD_ANSWERS, FastClock, LoginStandIn, as_json
from tests.polling import TIMEOUT, until
from tests.ports import free_port

pytestmark = pytest.mark.usefixtures("discord_addresses")

LOGGER = "bot.chat.connection"
FIRST_CALLS = ("me", "application", "gateway")
ODD_READY = {"op": 0, "t": "READY", "s": 1, "d": {"v": 10}}


class EnoughSeen(BaseException):
    """Raised to end the test."""


class ClockThatStops(FastClock):
    """Raises EnoughSeen at pause number `patience`."""

    def __init__(self, *, patience: int) -> None:
        super().__init__()
        self._patience = patience

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        if len(self.pauses) == self._patience:
            raise EnoughSeen


@pytest.fixture
async def discord_login() -> AsyncIterator[LoginStandIn]:
    stand_in = LoginStandIn()
    async with TestServer(stand_in.app()) as server:
        stand_in.address = str(server.make_url("/")).rstrip("/")
        yield stand_in


def chat(store: Store, *, base: str, token: str = "right", clock: Clock | None = None, **options: Any) -> Chat:
    """The chat part, pointed at an address."""
    return new_chat(store, clock or SystemClock(), token=token, api_base=f"{base}/api/v10", **options)


@asynccontextmanager
async def connected(store: Store, discord_login: LoginStandIn, **options: Any) -> AsyncIterator[Chat]:
    """The running chat part, from the moment it is connected."""
    made = chat(store, base=discord_login.address, **options)
    async with asyncio.timeout(TIMEOUT), asyncio.TaskGroup() as group:
        running = group.create_task(made.run())
        await made.client.connected.wait()
        yield made
        running.cancel()


async def identify(store: Store, discord_login: LoginStandIn, **options: Any) -> dict[str, Any]:
    """The client's identify payload when it connects."""
    async with asyncio.timeout(TIMEOUT), asyncio.TaskGroup() as group:
        running = group.create_task(chat(store, base=discord_login.address, **options).run())
        payload = await discord_login.identified.get()
        running.cancel()
    return payload


async def gateway_problem(made: Chat) -> str | None:
    """What readiness says of the gateway."""
    return await made.readiness_checks()["gateway"]()


async def test_the_gateway_is_the_one_that_the_api_names(store: Store, discord_login: LoginStandIn) -> None:
    """Any API address works, and no privileged intent is requested: guilds and bans, and nothing else."""
    payload = await identify(store, discord_login)
    assert payload["intents"] == discord.Intents(guilds=True, moderation=True).value
    assert payload["token"] == "right"
    assert payload["shard"] == [0, 2]


async def test_a_process_connects_only_its_own_shards(store: Store, discord_login: LoginStandIn) -> None:
    """Their number is at least the highest of them."""
    assert (await identify(store, discord_login, shard_ids=[3]))["shard"] == [3, 4]


async def test_the_number_of_shards_can_be_set(
    store: Store, discord_login: LoginStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    """Then it is the same in every process, whatever Discord recommends when it connects; fewer than that are told."""
    assert (await identify(store, discord_login, shard_ids=[5], shard_count=8))["shard"] == [5, 8]
    assert shard_warnings(caplog) == []
    assert (await identify(store, discord_login, shard_count=1))["shard"] == [0, 1]
    assert shard_warnings(caplog) == ["Discord recommends 2 shards by now, and discord.shard_count is 1."]


async def test_processes_that_may_disagree_on_the_number_of_shards(
    store: Store, discord_login: LoginStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    """Some of the shards, of as many as Discord recommends at the moment: the log says what to set."""
    await identify(store, discord_login)
    assert shard_warnings(caplog) == []
    await identify(store, discord_login, shard_ids=[0])
    [warning] = shard_warnings(caplog)
    assert warning.startswith("discord.shard_count isn't set. Discord recommends 2 shards now")


async def test_a_process_tells_of_its_shards_once_it_knows_them(store: Store, discord_login: LoginStandIn) -> None:
    """Before, another process with shards of its own would seem to connect the same ones."""
    away = chat(store, base=f"http://127.0.0.1:{free_port()}", shard_ids=[1], shard_count=2, holder="away")
    running = asyncio.create_task(away.run())
    async with connected(store, discord_login, shard_ids=[0], shard_count=2, holder="connected"):
        await until(lambda: are_told(store, {"away": (), "connected": (0,)}))
    running.cancel()
    await asyncio.wait([running])


async def are_told(store: Store, shards: dict[str, tuple[int, ...]]) -> bool:
    """Whether the processes, which are asked to tell at once, say that they connect these shards, by holder."""
    watcher = ChatProcess(holder="watcher", place="", token_digest=digest("right").hex())
    others = await store.chat_processes.record(watcher, SystemClock().now(), is_news=True)
    return {other.process.holder: other.process.shard_ids for other in others} == shards


def shard_warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged about the number of shards."""
    return [message for message in caplog.messages if "discord.shard_count" in message]


async def test_a_wrong_token_is_tried_once(store: Store, discord_login: LoginStandIn) -> None:
    """The error says what to do."""
    with pytest.raises(TokenRefused, match="Discord refuses the bot's token"):
        await chat(store, base=discord_login.address, token="wrong").run()
    assert discord_login.requests == ["me"]


@pytest.mark.parametrize("call", ["application", "gateway"])
async def test_a_token_that_a_later_call_refuses(store: Store, discord_login: LoginStandIn, call: str) -> None:
    """A token that is revoked after the login gets the same error."""
    discord_login.planned[call] = [lambda: as_json({"message": "401: Unauthorized", "code": 0}, 401)]
    with pytest.raises(TokenRefused, match="Discord refuses the bot's token"):
        await asyncio.wait_for(chat(store, base=discord_login.address).run(), TIMEOUT)


async def test_a_token_that_the_gateway_refuses(store: Store, discord_login: LoginStandIn) -> None:
    """So does one that is refused at the last step."""
    discord_login.closes_with = [4004]
    discord_login.shards = 1
    with pytest.raises(TokenRefused, match="Discord refuses the bot's token"):
        await asyncio.wait_for(chat(store, base=discord_login.address).run(), TIMEOUT)


@pytest.mark.parametrize("bad", BAD_ANSWERS)
@pytest.mark.parametrize("call", FIRST_CALLS)
async def test_whatever_discord_answers_at_the_start_is_waited_out(
    store: Store, discord_login: LoginStandIn, caplog: pytest.LogCaptureFixture, call: str, bad: str
) -> None:
    """The part goes on: one sentence in the log, a pause, and the next try connects."""
    answer, sentence = BAD_ANSWERS[bad]
    discord_login.planned[call] = [answer, answer]
    discord_login.shards = 1
    with caplog.at_level(logging.WARNING, LOGGER):
        async with connected(store, discord_login, clock=FastClock()) as made:
            assert await gateway_problem(made) is None
    [line] = [record for record in caplog.records if record.name == LOGGER]
    assert sentence in line.message
    assert line.exc_info is None
    assert discord_login.planned[call] == []


async def test_a_pause_that_discord_asks_for_is_kept(
    store: Store, discord_login: LoginStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    """Also at the very first call, and an hour at most. The log and readiness say until when, if that is long."""
    for bad, pause, again in (
        ("429 page of its protection", 7, "Trying again."),
        ("429 for long", 400, "Trying again at 16:06 UTC."),
        ("429 page for very long", 3600, "Trying again at 17:00 UTC."),
    ):
        clock = ClockThatStops(patience=1)
        discord_login.planned["me"] = [BAD_ANSWERS[bad][0]]
        made = chat(store, base=discord_login.address, clock=clock)
        caplog.clear()
        with pytest.raises(EnoughSeen):
            await made.run()
        assert clock.pauses == [pause]
        [line] = [record.message for record in caplog.records if record.name == LOGGER]
        assert line.endswith(f". {again}")
        assert (await gateway_problem(made) or "").endswith(f". {again}")


@pytest.mark.parametrize(
    ("code", "shard_count", "pause", "sentence"),
    [
        (4010, None, PAUSE_AFTER_MISTAKE, "correct --shard-ids and discord.shard_count"),
        (4011, 1, PAUSE_AFTER_MISTAKE, "raise discord.shard_count"),
        (4011, None, 1, "demands more shards by now"),
        (4012, None, PAUSE_AFTER_MISTAKE, "install a newer one"),
        (4013, None, PAUSE_AFTER_MISTAKE, "install a newer one"),
        (4014, None, PAUSE_AFTER_MISTAKE, "install the version that belongs here"),
    ],
)
async def test_a_login_that_the_gateway_closes_is_tried_again(
    store: Store,
    discord_login: LoginStandIn,
    caplog: pytest.LogCaptureFixture,
    code: int,
    shard_count: int | None,
    pause: float,
    sentence: str,
) -> None:
    """Rarely if it cannot help before somebody has changed something: Discord counts the logins of a day.

    The log says what to change. A number of shards that is not set is asked for anew each time.
    """
    discord_login.closes_with, discord_login.shards, clock = [code], 1, FastClock()
    with caplog.at_level(logging.WARNING, LOGGER):
        async with connected(store, discord_login, clock=clock, shard_count=shard_count):
            assert clock.pauses[0] == pause
    [line] = [record for record in caplog.records if record.name == LOGGER]
    assert sentence in line.message
    assert (line.levelno == logging.ERROR) is (pause > 1)


async def test_an_event_that_the_library_cannot_read_ends_nothing(
    store: Store, discord_login: LoginStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    """The part connects anew, and the log has the traceback of what was unexpected."""
    discord_login.odd_events, discord_login.shards = [ODD_READY], 1
    with caplog.at_level(logging.WARNING, LOGGER):
        async with connected(store, discord_login, clock=FastClock()):
            pass
    [line] = [record for record in caplog.records if record.name == LOGGER]
    assert "KeyError" in line.message
    assert line.exc_info is not None


async def test_a_client_that_was_closed_serves_again(store: Store, discord_login: LoginStandIn) -> None:
    """Its buttons and commands are still known, and requests can be sent."""
    discord_login.closes_with, discord_login.shards = [4013, 4013], 1
    async with connected(store, discord_login, clock=FastClock()) as made:
        assert made.client.is_logged_in
        assert not made.client.is_closed()
        assert discord_login.requests.count("me") == 3
        assert made.client.tree.get_command("study") is not None


async def test_the_gateway_is_not_ready_while_the_connection_is_made_anew(
    store: Store, discord_login: LoginStandIn
) -> None:
    """Readiness gives the reason; before the first connection, after trouble, and after a loss."""
    discord_login.shards, discord_login.closes_with = 1, [4013]
    made = chat(store, base=discord_login.address, clock=ClockThatStops(patience=1))
    assert await gateway_problem(made) == "The connection to Discord is being made."
    with pytest.raises(EnoughSeen):
        await made.run()
    assert "intent" in (await gateway_problem(made) or "")
    async with connected(store, discord_login) as other:
        assert await gateway_problem(other) is None
        await other.client.on_shard_disconnect(0)
        assert await gateway_problem(other) == "The connection to Discord is being made."


async def test_a_login_waits_until_discord_allows_one_for_each_shard(store: Store, discord_login: LoginStandIn) -> None:
    """Discord resets a token that logs in too often."""
    discord_login.logins_left, discord_login.shards = 1, 2
    clock = ClockThatStops(patience=1)
    made = chat(store, base=discord_login.address, clock=clock)
    with pytest.raises(EnoughSeen):
        await made.run()
    assert clock.pauses == [90]
    assert "no more logins today. Trying again at 16:01 UTC." in (await gateway_problem(made) or "")


async def test_pauses_grow_while_discord_is_unreachable(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    """They double up to two minutes, so that no day has a thousand logins. The log says it once."""
    clock = ClockThatStops(patience=9)
    with caplog.at_level(logging.WARNING, LOGGER), pytest.raises(EnoughSeen):
        await chat(store, base=f"http://127.0.0.1:{free_port()}", clock=clock).run()
    assert clock.pauses == [1, 2, 4, 8, 16, 32, 64, 120, 120]
    reason = "Discord can't be reached: nothing listens there"
    assert caplog.messages == [f"No connection to Discord: {reason}. Trying again."]


async def test_an_address_without_tls_is_waited_out(
    store: Store, discord_login: LoginStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    """As every trouble with certificates."""
    base = discord_login.address.replace("http://", "https://")
    with caplog.at_level(logging.WARNING, LOGGER), pytest.raises(EnoughSeen):
        await chat(store, base=base, clock=ClockThatStops(patience=2)).run()
    assert "no secure connection to Discord" in "".join(caplog.messages)


@pytest.mark.parametrize("limit", [(connection, "STEP_WITHIN"), (request_limiter, "ANSWER_WITHIN")])
async def test_an_answer_that_never_comes_is_not_waited_for(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, limit: tuple[object, str]
) -> None:
    """A silent request ends soon, and so does a step in which the library waits without asking."""
    monkeypatch.setattr(*limit, 0.05)

    async def never_answer(_: web.Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    app = web.Application()
    app.router.add_get("/{path:.*}", never_answer)
    async with TestServer(app) as server:
        base = str(server.make_url("/")).rstrip("/")
        with caplog.at_level(logging.WARNING, LOGGER), pytest.raises(EnoughSeen):
            await chat(store, base=base, clock=ClockThatStops(patience=2)).run()
    assert caplog.messages == ["No connection to Discord: Discord doesn't answer in time. Trying again."]
