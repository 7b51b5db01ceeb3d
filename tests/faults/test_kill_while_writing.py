"""Processes killed while they write: what they were told is written is there, and nothing is there by halves."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from bot.store import open_store
from bot.store.databases.sqlite import SqliteDatabase
from tests.faults.bots import forkserver
from tests.faults.repetitions import Repetitions, row
from tests.store.invariants import broken_invariants
from tests.store.random_activity import act_until_killed


@row(full=1000, dose=10)
async def test_kill_while_writing(repetitions: Repetitions, database: Path) -> None:
    """Killed with -9 while a dozen members do everything at once; one database over all repetitions."""
    acknowledged_at_all = 0
    for seed in repetitions:
        acknowledged = list(acknowledged_until_killed(database, seed))
        acknowledged_at_all += len(acknowledged)
        async with open_store(f"sqlite:///{database}") as store:
            assert await broken_invariants(store) == []
            assert isinstance(store.database, SqliteDatabase)
            for table, key in map(str.split, acknowledged):
                rows = await store.database._reader.fetch(f"SELECT 1 FROM {table} WHERE id = :id", {"id": key})  # noqa: S608 -- our own names
                assert rows, f"{table} {key} was acknowledged and is gone"
        repetitions.note("writes acknowledged", acknowledged_at_all)


def acknowledged_until_killed(database: Path, seed: int) -> Iterator[str]:
    """Kill a process that writes, after some five to forty writes. What it had been told is written, as `TABLE ID`."""
    ours, theirs = forkserver().Pipe(duplex=False)
    process = forkserver().Process(target=act_until_killed, args=(f"sqlite:///{database}", seed, theirs))
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
