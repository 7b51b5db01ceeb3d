"""Backups while processes write without pause, and their way back."""

import asyncio
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.store import migrate
from bot.store.databases.sqlite_backup import back_up
from bot.store.databases.sqlite_restore import restore
from tests.clocks import START
from tests.faults.repetitions import Repetitions, row
from tests.faults.written import lost_writes, writing_process
from tests.store.invariants import broken_invariants
from tests.store.opening import open_store
from tests.store.writing import make_large

WITHIN = 60.0  # seconds, for backup and restore together
SOME_WRITES = 20


@row(full=50, dose=1)
async def test_backup_under_load(repetitions: Repetitions, store_folder: Path) -> None:
    """A backup while a dozen members do everything at once, the writer killed, and the backup restored."""
    for seed in repetitions:
        with TemporaryDirectory(dir=store_folder) as folder:
            database, copy = Path(folder, "own.db"), Path(folder, "copy.db")
            migrate(database)
            make_large(database)
            with writing_process(f"sqlite:///{database}", seed) as writing:
                told = writing.read_some(SOME_WRITES) + writing.read_all()
                started_at = time.monotonic()
                await asyncio.to_thread(back_up, database, copy, START)
                seconds = time.monotonic() - started_at
                writing.read_all()
                writing.read_some(1)  # it goes on
                writing.kill()
            started_at = time.monotonic()
            await asyncio.to_thread(restore, database, copy, START)
            seconds += time.monotonic() - started_at
            assert seconds <= WITHIN
            repetitions.note("seconds for both", seconds)
            async with open_store(f"sqlite:///{database}") as store:
                assert await broken_invariants(store) == []
                assert await lost_writes(store, told) == []
