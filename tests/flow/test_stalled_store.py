"""Discord waits three seconds for the answer to a command: while the store stalls, each is acknowledged in time."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from pathlib import Path

import pytest

from bot.chat.part import Chat
from bot.clock import SystemClock
from bot.sandbox.discord.fake_discord import FakeDiscord, Person
from bot.sandbox.discord.user_actions import NoResponse
from bot.sandbox.example_server import ExampleServer, create_example_server, set_up_bot
from bot.store import Store
from bot.store.databases.sqlite import SqliteDatabase
from tests.chat.chat_harness import new_chat
from tests.polling import until
from tests.started_discord import started_discord
from tests.stopwatch import Stopwatch
from tests.store.agreeing import let_members_agree

pytestmark = [pytest.mark.usefixtures("discord_addresses"), pytest.mark.dose]

CLOCK = SystemClock()
STALL = 5.0  # seconds
COMMANDS = 50  # in each stall
DEFERRED_WITHIN = 1.0  # seconds, of 99 in 100
DISCORD_WAITS = 3.0  # seconds
Stall = Callable[[Store, Path], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def held_by_another(_: Store, database: Path) -> AsyncIterator[None]:
    """Another process holds the database: nothing can be written."""
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@asynccontextmanager
async def frozen(store: Store, _: Path) -> AsyncIterator[None]:
    """The disk does not answer: nothing can be read or written."""
    assert isinstance(store.database, SqliteDatabase)
    connections = (store.database._reader, store.database._writer)
    stuck = [
        asyncio.create_task(each._execute(time.sleep, STALL))  # type: ignore[no-untyped-call]  # aiosqlite's own
        for each in connections
    ]
    yield
    await asyncio.gather(*stuck)


@pytest.fixture
async def fake_discord() -> AsyncIterator[FakeDiscord]:
    async with started_discord(CLOCK) as stand_in:
        yield stand_in


@asynccontextmanager
async def connected(store: Store, fake_discord: FakeDiscord) -> AsyncIterator[tuple[Chat, ExampleServer]]:
    """The chat part in a server that is set up."""
    server = create_example_server(fake_discord, students=0)
    await set_up_bot(fake_discord, server, store)
    chat = new_chat(store, CLOCK, token="right", api_base=fake_discord.api_base)
    running = asyncio.create_task(chat.run())

    async def is_ready() -> bool:
        return chat.client.connected.is_set() and bool(fake_discord.registered_commands())

    await until(is_ready)
    yield chat, server
    running.cancel()
    await asyncio.wait([running])


@pytest.mark.parametrize("stall", [held_by_another, frozen])
@pytest.mark.parametrize("stalls", [1, pytest.param(10, marks=pytest.mark.faults, id="full")])
async def test_every_command_is_acknowledged_while_the_store_stalls(
    store: Store,
    database: Path,
    fake_discord: FakeDiscord,
    monkeypatch: pytest.MonkeyPatch,
    stall: Stall,
    stalls: int,
) -> None:
    """Fifty come in each five seconds; later each shows an answer, or says that it failed."""
    let_members_agree(store, monkeypatch)
    waits: list[float] = []
    async with connected(store, fake_discord) as (_, server):
        for _ in range(stalls):
            people = [fake_discord.add_person(f"Student{number}") for number in range(COMMANDS)]
            async with stall(store, database):
                calls = (
                    command_at(fake_discord, person, server.study, STALL * number / COMMANDS)
                    for number, person in enumerate(people)
                )
                waits += await asyncio.gather(*calls)

            async def all_answered(people: Sequence[Person] = people) -> bool:
                return all(fake_discord.channel_messages(server.study, each)[-1]["components"] for each in people)

            await until(all_answered)
    assert sorted(waits)[int(0.99 * len(waits)) - 1] < DEFERRED_WITHIN
    assert max(waits) < DISCORD_WAITS


async def command_at(fake_discord: FakeDiscord, person: Person, channel: int, seconds: float) -> float:
    """Call a command after so many seconds; returns how long its first answer took, endless if there was none."""
    await CLOCK.sleep(seconds)
    watch = Stopwatch()
    try:
        await fake_discord.call_command(person, channel, "study now")
    except NoResponse:
        return float("inf")
    return watch.seconds
