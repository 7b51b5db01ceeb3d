"""Concurrent random actions, and processes killed while writing: no change is lost, duplicated or half done."""

import multiprocessing
import random
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from bot.store import open_store
from bot.store.databases.sqlite import SqliteDatabase
from tests.store.invariants import broken_invariants
from tests.store.random_activity import RandomActivity, act_until_killed
from tests.store.scenario import Scenario


@pytest.mark.parametrize("seed", range(8))
async def test_concurrent_random_actions(scenario: Scenario, seed: int) -> None:
    """Members wait, meet, change devices, leave, come back and block each other concurrently."""
    activity = RandomActivity(scenario, random.Random(seed))
    acknowledged = [result for _ in range(40) for result in await activity.act_at_once(24)]
    assert await broken_invariants(scenario.store) == []
    assert {result.split()[0] for result in acknowledged} == {"tickets", "matches"}


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Starts processes that have everything imported and share nothing with this one."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([act_until_killed.__module__])
    return context


@pytest.mark.parametrize(
    "rounds", [pytest.param(20, marks=pytest.mark.dose), pytest.param(1000, marks=pytest.mark.faults)]
)
async def test_killed_while_writing(processes: ForkServerContext, database: Path, rounds: int) -> None:
    """Acknowledged writes are complete; others are there as a whole or not at all."""
    for seed in range(rounds):
        acknowledged = list(_acknowledged_until_killed(processes, database, seed))
        async with open_store(f"sqlite:///{database}") as store:
            assert await broken_invariants(store) == []
            assert isinstance(store.database, SqliteDatabase)
            for table, key in map(str.split, acknowledged):
                rows = await store.database._reader.fetch(f"SELECT 1 FROM {table} WHERE id = :id", {"id": key})  # noqa: S608 -- our own names
                assert rows, f"{table} {key} was acknowledged and is gone"


def _acknowledged_until_killed(processes: ForkServerContext, database: Path, seed: int) -> Iterator[str]:
    ours, theirs = processes.Pipe(duplex=False)
    process = processes.Process(target=act_until_killed, args=(f"sqlite:///{database}", seed, theirs))
    process.start()
    theirs.close()
    with ours:
        for _ in range(5 + seed % 40):
            yield ours.recv()
        process.kill()
        with suppress(EOFError):
            while True:
                yield ours.recv()
    process.join()
