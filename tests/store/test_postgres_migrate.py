"""Migrations of a PostgreSQL database: all or nothing, in turns, and never of what is not ours."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import asyncpg
import pytest

from bot.store import PoolSettings, StoreUnavailable
from bot.store.database import ForeignDatabase, NewerDatabase
from bot.store.databases import postgres_migrate
from bot.store.databases.postgres_connection import Connection, PostgresConnector
from bot.store.databases.postgres_migrate import migrate, migrations
from bot.store.databases.postgres_writer import WRITE_LOCK
from tests.polling import until
from tests.postgres_databases import WAITING_LOCKS, create_database, database_name, database_url, drop_database
from tests.postgres_front import PostgresFront
from tests.store.opening import open_store

ALL = [number for number, _ in migrations()]
NEXT = ALL[-1] + 1
HELD = WRITE_LOCK + 1


@pytest.fixture
async def empty(postgres_server: str) -> AsyncIterator[str]:
    """The URL of a database without any table."""
    url = await create_database(postgres_server)
    yield url
    await drop_database(url)


async def migrated(url: str) -> Sequence[int]:
    return await migrate(PostgresConnector(url, PoolSettings()))


async def fetched(url: str, sql: str) -> list[object]:
    connection = await asyncpg.connect(url)
    try:
        return [row[0] for row in await connection.fetch(sql)]
    finally:
        await connection.close()


def add_migration(monkeypatch: pytest.MonkeyPatch, sql: str) -> None:
    longer = [*migrations(), (NEXT, sql)]
    monkeypatch.setattr(postgres_migrate, "migrations", lambda: longer)


async def test_a_new_database_gets_all_migrations_once(empty: str) -> None:
    """Whoever comes later finds it up to date."""
    assert await migrated(empty) == ALL
    assert await migrated(empty) == []


async def test_processes_that_start_together_take_turns(empty: str) -> None:
    """One of them makes the tables, the others wait for it."""
    done = await asyncio.gather(*(migrated(empty) for _ in range(4)))
    assert sorted(done, key=len) == [[], [], [], ALL]


async def test_an_upgrade_runs_what_is_missing(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is stored stays."""
    async with open_store(empty) as store:
        await store.installation.set("a", "1")
    add_migration(monkeypatch, "ALTER TABLE servers ADD COLUMN added bigint; -- with a ; in a comment\nSELECT 1")
    assert await migrated(empty) == [NEXT]
    assert await fetched(empty, "SELECT count(added) FROM servers") == [0]
    async with open_store(empty) as store:
        assert await store.installation.get("a") == "1"


async def test_a_migration_that_fails_leaves_nothing(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even what it did before its mistake."""
    await migrated(empty)
    add_migration(monkeypatch, "CREATE TABLE added (a bigint); SELECT no_such_function()")
    with pytest.raises(asyncpg.UndefinedFunctionError):
        await migrated(empty)
    assert await fetched(empty, "SELECT to_regclass('added') IS NULL") == [True]
    assert await fetched(empty, "SELECT max(number) FROM schema_migrations") == [ALL[-1]]


async def test_nobody_writes_during_a_migration(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process of the former version waits, and what it writes is there afterwards."""
    holder = await asyncpg.connect(empty)

    async def wait_for_locks(count: int) -> bool:
        return bool(await holder.fetchval(WAITING_LOCKS) == count)

    async with open_store(empty) as store:
        await holder.execute(f"SELECT pg_advisory_lock({HELD})")
        add_migration(
            monkeypatch,
            f"SELECT pg_advisory_xact_lock({HELD}); INSERT INTO installation VALUES ('migrated', '1')",  # noqa: S608 -- our own number
        )
        migrating = asyncio.create_task(migrated(empty))
        await until(lambda: wait_for_locks(1))
        writing = asyncio.create_task(store.installation.set("a", "1"))
        await until(lambda: wait_for_locks(2))
        await holder.close()
        await writing
        assert await store.installation.get("migrated") == "1"
        await migrating


async def test_a_lock_that_is_never_freed(empty: str) -> None:
    """The wait for it is bounded, and the reason is said."""
    connection = await asyncpg.connect(empty)
    await connection.execute(f"SELECT pg_advisory_lock({WRITE_LOCK})")
    with pytest.raises(StoreUnavailable, match="another transaction locks what's needed"):
        await migrate(PostgresConnector(empty, PoolSettings()), turn_within_s=0.1)
    await connection.close()


async def test_a_server_that_falls_silent_before_the_first_migration(
    empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The start is given up in time."""
    front, connect = PostgresFront(empty), PostgresConnector.connect

    async def connect_and_freeze(connector: PostgresConnector, *, limits_queries: bool = True) -> Connection:
        connection = await connect(connector, limits_queries=limits_queries)
        front.freeze()
        return connection

    monkeypatch.setattr(PostgresConnector, "connect", connect_and_freeze)
    async with front.listening():
        with pytest.raises(StoreUnavailable, match="it doesn't answer in time"):
            await migrate(PostgresConnector(front.url(), PoolSettings(query_timeout_s=0.2)), turn_within_s=0.1)


async def test_a_newer_database_is_refused(empty: str) -> None:
    """This program does not know what it means."""
    await migrated(empty)
    await fetched(empty, f"INSERT INTO schema_migrations VALUES ({NEXT}) RETURNING number")  # noqa: S608 -- our own number
    with pytest.raises(NewerDatabase):
        await migrated(empty)


async def test_another_program_s_database_is_left_as_it_is(empty: str) -> None:
    """Its tables may have our names."""
    await fetched(empty, "CREATE TABLE servers AS SELECT 1 AS theirs")
    with pytest.raises(ForeignDatabase, match="createdb"):
        await migrated(empty)
    assert await fetched(empty, "SELECT theirs FROM servers") == [1]
    assert await fetched(empty, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [1]


async def test_a_schema_of_its_own(empty: str) -> None:
    """Whoever shares a database with another program names a schema in the address."""
    await fetched(empty, "CREATE TABLE theirs (a bigint)")
    await fetched(empty, "CREATE SCHEMA heybuddy")
    url = f"{empty}&search_path=heybuddy"
    async with open_store(url) as store:
        await store.installation.set("a", "1")
        assert await store.installation.get("a") == "1"
    assert await fetched(empty, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [1]


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
async def test_a_database_that_does_not_hold_every_name(postgres_server: str, encoding: str) -> None:
    """It is refused before anything is made in it: one name would keep everybody's lists from being written."""
    url = database_url(postgres_server, f"heybuddy_test_{encoding.lower()}")
    await drop_database(url)
    await fetched(
        postgres_server, f"CREATE DATABASE {database_name(url)} TEMPLATE template0 LOCALE 'C' ENCODING '{encoding}'"
    )
    with pytest.raises(StoreUnavailable, match=f"its encoding is {encoding}; make it with createdb"):
        await migrated(url)
    await drop_database(url)


async def test_a_database_that_is_read_only(empty: str) -> None:
    """As a standby's is."""
    await migrated(empty)
    await fetched(empty, f"ALTER DATABASE {database_name(empty)} SET default_transaction_read_only = on")
    with pytest.raises(StoreUnavailable, match="it's read-only, as a standby is"):
        async with open_store(empty):
            pass
