"""Processes killed while they write: what they were told is written is there, and nothing is there by halves."""

from tests.faults.new_database import OpenDatabase
from tests.faults.repetitions import Repetitions, row
from tests.faults.written import lost_writes, writing_process
from tests.store.invariants import broken_invariants
from tests.store.opening import open_store


@row(full=1000, dose=5, on_postgres=(1000, 3))
async def test_kill_while_writing(repetitions: Repetitions, open_database: OpenDatabase) -> None:
    """Killed with -9 while a dozen members do everything at once; one database over all repetitions."""
    told_at_all = 0
    async with open_database() as (_, url):
        for seed in repetitions:
            with writing_process(url, seed) as writing:
                told = writing.read_some(5 + seed % 40) + writing.kill()
            told_at_all += len(told)
            async with open_store(url) as store:
                assert await broken_invariants(store) == []
                assert await lost_writes(store, told) == []
            repetitions.note("writes acknowledged", told_at_all)
