"""PostgreSQL's writer: two processes write one list at a time, so what a list has checked holds until its commit."""

import asyncio
import random

import asyncpg
import pytest

from bot.store.database import Statement
from bot.store.databases.postgres_writer import WRITE_LOCK, PostgresWriter, StatementFailed
from tests.clocks import VirtualClock
from tests.polling import until
from tests.postgres_databases import WAITING_LOCKS, database_name
from tests.store.invariants import broken_invariants
from tests.store.opening import open_store
from tests.store.random_activity import RandomActivity
from tests.store.scenario import Scenario


@pytest.mark.parametrize("seed", range(3))
async def test_two_processes_at_once(postgres_url: str, clock: VirtualClock, seed: int) -> None:
    """A dozen members do everything through both, badly timed."""
    async with open_store(postgres_url) as one, open_store(postgres_url) as other:
        activities = [
            RandomActivity(Scenario(store, clock), random.Random(f"{seed} {number}"))
            for number, store in enumerate((one, other))
        ]
        for _ in range(25):
            await asyncio.gather(*(activity.act_at_once(16) for activity in activities))
        assert await broken_invariants(one) == []


@pytest.mark.parametrize("isolation", ["repeatable read", "serializable"])
async def test_a_list_sees_what_was_written_while_it_waited(postgres_url: str, isolation: str) -> None:
    """Whatever the server's operator has set for transactions that do not say otherwise."""
    name = database_name(postgres_url)
    connection = await asyncpg.connect(postgres_url)
    await connection.execute(f"ALTER DATABASE {name} SET default_transaction_isolation = '{isolation}'")

    async def list_waits() -> bool:
        return bool(await connection.fetchval(WAITING_LOCKS))

    async with open_store(postgres_url) as store:
        async with connection.transaction(isolation="read_committed"):
            await connection.execute(f"SELECT pg_advisory_xact_lock({WRITE_LOCK})")
            reading = Statement(name="installation.get", values={"name": "a"})
            writing = asyncio.create_task(store.database.write([reading]))
            await until(list_waits)
            await connection.execute("INSERT INTO installation VALUES ('a', '1')")
        [rows] = await writing
    await connection.close()
    assert [row["value"] for row in rows] == ["1"]


async def test_an_unexpected_failure_is_told_to_each_caller(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As an exception of its own, whose cause is what went wrong; then writing works again."""
    mistake = ZeroDivisionError("a mistake of ours")

    async def fail(*_: object) -> None:
        raise mistake

    reading = Statement(name="installation.get", values={"name": "a"})
    async with open_store(postgres_url) as store:
        with monkeypatch.context() as broken:
            broken.setattr(PostgresWriter, "write", fail)
            failures = await asyncio.gather(
                *(store.database.write([reading]) for _ in range(3)), return_exceptions=True
            )
        assert len({id(failure) for failure in failures}) == 3
        for failure in failures:
            assert isinstance(failure, StatementFailed)
            assert failure.__cause__ is mistake
        assert await store.database.write([reading]) == [[]]
