"""A PostgreSQL server killed under a store: a clear refusal within seconds, nothing lost or by halves, and back."""

import asyncio
import os
import random
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bot.store import Store, StoreUnavailable
from tests.clocks import VirtualClock
from tests.faults.repetitions import Repetitions, RowSize
from tests.faults.written import lost_writes
from tests.polling import until
from tests.postgres_databases import create_database
from tests.postgres_server import PostgresServer
from tests.store.invariants import broken_invariants
from tests.store.opening import open_store
from tests.store.random_activity import RandomActivity
from tests.store.scenario import Scenario

KEEPS_EVERYTHING = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
"""As a server is set that is no test's."""
AT_ONCE = 24
REFUSED_WITHIN = 15.0  # seconds
MOST_ROUNDS = 12


@pytest.fixture
def server(store_folder: Path) -> Iterator[PostgresServer]:
    """A server of this test's own."""
    with TemporaryDirectory(dir=store_folder) as folder:
        Path(folder).chmod(0o711)
        store_folder.chmod(0o711)  # its user has to get there
        made = PostgresServer(Path(folder, "server"), settings=KEEPS_EVERYTHING)
        made.start()
        yield made
        made.remove()


def kill_server(server: PostgresServer) -> None:
    number = server.process_id()
    assert number is not None
    os.kill(number, signal.SIGKILL)


async def has_started(server: PostgresServer) -> bool:
    """Try to start the server; it refuses while processes of the one that was killed still end."""
    try:
        await asyncio.to_thread(server.start)
    except subprocess.CalledProcessError:
        return False
    return True


async def is_back(store: Store) -> bool:
    """Whether the store can be written."""
    try:
        await store.check()
    except StoreUnavailable:
        return False
    return True


async def act_until_refused(activity: RandomActivity, server: PostgresServer, chance: random.Random) -> list[str]:
    """Kill the server while a dozen members act. Returns what was acknowledged until the store refused."""
    told = []
    for _ in range(chance.randrange(MOST_ROUNDS)):
        told += await activity.act_at_once(AT_ONCE)
    acting = asyncio.create_task(activity.act_at_once(AT_ONCE))
    for _ in range(chance.randrange(100)):
        await asyncio.sleep(0)
    kill_server(server)
    try:
        told += await acting
        while True:
            told += await activity.act_at_once(AT_ONCE)
    except StoreUnavailable:
        return told


@asynccontextmanager
async def opened_store(server: PostgresServer) -> AsyncIterator[Store]:
    async with open_store(await create_database(server.url)) as store:
        yield store


SIZES = [
    pytest.param(RowSize(count=1), marks=(pytest.mark.dose, pytest.mark.postgres), id="dose"),
    pytest.param(RowSize(count=50), marks=(pytest.mark.faults, pytest.mark.postgres), id="full"),
]


@pytest.mark.parametrize("repetitions", SIZES, indirect=True)
async def test_kill_server(repetitions: Repetitions, server: PostgresServer, clock: VirtualClock) -> None:
    """The PostgreSQL server killed with -9 while a dozen members do everything at once, then started again."""
    async with opened_store(server) as store:
        for seed in repetitions:
            chance = random.Random(seed)
            activity = RandomActivity(Scenario(store, clock), chance)
            told = await act_until_refused(activity, server, chance)
            started_at = time.monotonic()
            with pytest.raises(StoreUnavailable):
                await store.check()
            repetitions.note("seconds until refused", time.monotonic() - started_at)
            assert time.monotonic() - started_at <= REFUSED_WITHIN
            await until(lambda: has_started(server))
            started_at = time.monotonic()
            await until(lambda: is_back(store))
            repetitions.note("seconds until back", time.monotonic() - started_at)
            assert await broken_invariants(store) == []
            assert await lost_writes(store, told) == []
