"""Everybody does everything at once, and the process is killed in the midst of it: nobody is lost, nobody is twice."""

import multiprocessing
import random
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from bot.store import open_store
from bot.store.databases.sqlite import SqliteDatabase
from tests.store.invariants import broken
from tests.store.random_activity import Hall, until_killed
from tests.store.scenario import Scenario


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_happens_at_once(scenario: Scenario, seed: int) -> None:
    """Members wait, meet, change devices, leave, come back and block each other at the same moment; all of it holds."""
    hall = Hall(scenario, random.Random(seed))
    acknowledged = [line for _ in range(40) for line in await hall.at_once(24)]
    assert await broken(scenario.store) == []
    assert {line.split()[0] for line in acknowledged} == {"tickets", "matches"}


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Where each new process has everything loaded and shares nothing with us."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([until_killed.__module__])
    return context


@pytest.mark.parametrize("rounds", [20, pytest.param(1000, marks=pytest.mark.faults)])
async def test_killed_while_writing(processes: ForkServerContext, database: Path, rounds: int) -> None:
    """Killed again and again: what was acknowledged is there, what was not is there as a whole or not at all."""
    for seed in range(rounds):
        said = list(_said_until_killed(processes, database, seed))
        async with open_store(f"sqlite:///{database}") as store:
            assert await broken(store) == []
            assert isinstance(store.database, SqliteDatabase)
            for table, key in map(str.split, said):
                rows = await store.database._reader.fetch(f"SELECT 1 FROM {table} WHERE id = :id", {"id": key})  # noqa: S608 -- our own names
                assert rows, f"{table} {key} was acknowledged and is gone"


def _said_until_killed(processes: ForkServerContext, database: Path, seed: int) -> Iterator[str]:
    ours, theirs = processes.Pipe(duplex=False)
    process = processes.Process(target=until_killed, args=(f"sqlite:///{database}", seed, theirs))
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
