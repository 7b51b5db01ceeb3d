"""Everybody does everything at once, and the process is killed in the midst of it: nobody is lost, nobody is twice."""

import asyncio
import os
import random
import sys
from pathlib import Path

import pytest

from bot.store import open_store
from bot.store.engines.sqlite import SqliteEngine
from tests.store.busy import Hall
from tests.store.invariants import broken
from tests.store.ledger import Ledger


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_happens_at_once(ledger: Ledger, seed: int) -> None:
    """Members wait, meet, change devices, leave, come back and block each other at the same moment; all of it holds."""
    hall = Hall(ledger, random.Random(seed))
    acknowledged = [line for _ in range(40) for line in await hall.at_once(24)]
    assert await broken(ledger.store) == []
    assert {line.split()[0] for line in acknowledged} == {"tickets", "matches"}


@pytest.mark.parametrize("rounds", [20, pytest.param(1000, marks=pytest.mark.faults)])
async def test_killed_while_writing(database: Path, rounds: int) -> None:
    """Killed again and again: what was acknowledged is there, what was not is there as a whole or not at all."""
    for seed in range(rounds):
        said = await _said_until_killed(database, seed)
        async with open_store(f"sqlite:///{database}") as store:
            assert await broken(store) == []
            assert isinstance(store.engine, SqliteEngine)
            for table, key in map(str.split, said):
                rows = await store.engine._reader.fetch(f"SELECT 1 FROM {table} WHERE id = :id", {"id": key})  # noqa: S608 -- our own names
                assert rows, f"{table} {key} was acknowledged and is gone"


async def _said_until_killed(database: Path, seed: int) -> list[str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.store.busy", f"sqlite:///{database}", str(seed)),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )
    assert process.stdout is not None
    lines = [await process.stdout.readline() for _ in range(5 + seed % 40)]
    process.kill()
    rest = await process.stdout.read()
    await process.wait()
    whole, newline, _half = (b"".join(lines) + rest).rpartition(b"\n")
    assert newline, "it ended before it wrote anything"
    return whole.decode().splitlines()
