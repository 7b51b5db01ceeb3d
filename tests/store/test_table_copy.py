"""All rows of one database come into another one, of whichever kind; what would lose some is refused."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from bot.clock import SystemClock
from bot.store import PoolSettings, is_postgres, migrate, sqlite_path
from bot.store.database import CannotCopy, ForeignDatabase, NewerDatabase, StoreUnavailable
from bot.store.databases.postgres_connection import PostgresConnector
from bot.store.databases.postgres_table_copy import open_postgres_source, open_postgres_target
from bot.store.databases.postgres_writer import WRITE_LOCK
from bot.store.databases.sqlite_locks import ProcessLocks
from bot.store.databases.sqlite_table_copy import open_sqlite_source, open_sqlite_target
from bot.store.databases.table_copy import NOT_COPIED, CopyEnd, copy_tables
from tests.postgres_databases import create_database, drop_database
from tests.store.many_rows import COLUMNS, FILL, fill_table
from tests.store.opening import open_store

Content = Mapping[str, Sequence[tuple[Any, ...]]]
"""All rows by table, in any order that is the same for the same rows."""
EVERYTHING = "SELECT * FROM {}"
SMALL = 200
"""The part of `FILL` that is used: one row in so many."""
AWKWARD = (
    # A server whose name has all kinds of signs, with the highest and the lowest id there can be.
    f"""INSERT INTO servers {COLUMNS["servers"]} VALUES (9223372036854775807, '\\N "quoted" ''single'' 🧑‍🎓\t\n\r\\.',
    'adults', NULL, NULL, NULL, '["é"]', '[]', '[]', 0, 1, 'en', 1, -9223372036854775808)""",  # noqa: S608
    "UPDATE invitations SET token_hash = x'00ff5c0a27', attempt_hash = x'' WHERE id = '0000001'",
    "INSERT INTO installation VALUES ('', '')",
)


@pytest.fixture
def source(database: Path) -> str:
    """The URL of a SQLite database with rows in every table."""
    migrate(database)
    with closing(sqlite3.connect(database)) as connection, connection:
        for table, (rows, _) in FILL.items():
            fill_table(connection, table, rows=max(rows // SMALL, 1))
        for statement in AWKWARD:
            connection.execute(statement)
    return f"sqlite:///{database}"


@pytest.fixture
async def new_url(postgres_server: str) -> AsyncIterator[str]:
    """The URL of a PostgreSQL database in which nothing is."""
    url = await create_database(postgres_server)
    yield url
    await drop_database(url)


def from_database(url: str) -> AbstractAsyncContextManager[CopyEnd]:
    if is_postgres(url):
        return open_postgres_source(PostgresConnector(url, PoolSettings()), SystemClock().now())
    return open_sqlite_source(sqlite_path(url))


def into_database(url: str) -> AbstractAsyncContextManager[CopyEnd]:
    if is_postgres(url):
        return open_postgres_target(PostgresConnector(url, PoolSettings()))
    return open_sqlite_target(sqlite_path(url))


def ignore(_table: str, _rows: int) -> None:
    """Nobody looks at the progress."""


async def copy(source: str, target: str, report: Callable[[str, int], None] = ignore) -> None:
    """Copy all rows."""
    async with from_database(source) as opened, into_database(target) as empty:
        await copy_tables(opened, empty, report)


async def read_all(url: str) -> Content:
    """Everything that is in a database, but what is about its schema or its processes."""
    if not is_postgres(url):
        with closing(sqlite3.connect(sqlite_path(url))) as connection:
            names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
            tables = {name: connection.execute(EVERYTHING.format(name)).fetchall() for name in names}
    else:
        async with connected(url) as postgres:
            found = await postgres.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            tables = {name: [tuple(row) for row in await postgres.fetch(EVERYTHING.format(name))] for (name,) in found}
    schema = {"sqlite_stat1", "schema_migrations", *NOT_COPIED}
    return {name: sorted(rows, key=repr) for name, rows in tables.items() if name not in schema}


@asynccontextmanager
async def connected(url: str) -> "AsyncIterator[asyncpg.Connection[Any]]":
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


def run_sql(url: str, *statements: str) -> None:
    """Change a SQLite database behind the store's back."""
    with closing(sqlite3.connect(sqlite_path(url))) as connection, connection:
        for statement in statements:
            connection.execute(statement)


async def test_every_row_comes_over_and_back(source: str, new_url: str, tmp_path: Path) -> None:
    """From SQLite to PostgreSQL, to another SQLite file, and on to a third: the same values everywhere."""
    wanted = await read_all(source)
    assert all(wanted[table] for table in FILL if table not in NOT_COPIED)
    places = [new_url, f"sqlite:///{tmp_path}/second.db", f"sqlite:///{tmp_path}/third.db"]
    for origin, place in zip([source, *places], places, strict=False):
        await copy(origin, place)
        assert await read_all(place) == wanted


async def test_from_postgres_to_postgres(source: str, new_url: str, postgres_url: str) -> None:
    """As when a community moves to another server."""
    await copy(source, new_url)
    await copy(new_url, postgres_url)
    assert await read_all(postgres_url) == await read_all(source)


async def test_what_processes_have_written_about_themselves_stays(source: str, new_url: str, tmp_path: Path) -> None:
    """No process has ever used the copy, so nobody leads in it, is ready, or shares what Discord allows."""
    back = f"sqlite:///{tmp_path}/back.db"
    await copy(source, new_url)
    await copy(new_url, back)
    for table in ("leases", "readiness", "chat_processes"):
        with closing(sqlite3.connect(sqlite_path(back))) as connection:
            assert connection.execute(EVERYTHING.format(table)).fetchall() == []
        async with connected(new_url) as postgres:
            assert await postgres.fetch(EVERYTHING.format(table)) == []


async def test_a_table_of_a_later_version(source: str, new_url: str) -> None:
    """Tables are found in the schema: a new one needs no line anywhere to be copied."""
    later = "CREATE TABLE later (ticket_id text REFERENCES tickets (id), a_later_one bigint)"
    run_sql(source, "CREATE TABLE later (ticket_id TEXT, a_later_one INTEGER)", "INSERT INTO later VALUES (NULL, 7)")
    async with into_database(new_url):
        pass
    with pytest.raises(CannotCopy, match="don't have the same tables"):
        await copy(source, new_url)
    async with connected(new_url) as postgres:
        await postgres.execute(later)
    await copy(source, new_url)
    assert (await read_all(new_url))["later"] == [(None, 7)]


async def test_numbers_continue_after_those_that_were_copied(source: str, new_url: str) -> None:
    """An order to close a room gets a new number, on PostgreSQL, too."""
    await copy(source, new_url)
    async with connected(new_url) as postgres:
        last = await postgres.fetchval("SELECT max(id) FROM room_orders")
        given = await postgres.fetchval(
            "INSERT INTO room_orders (room_name, action) VALUES ('r', 'close') RETURNING id"
        )
    assert given == last + 1


async def test_statistics_are_fresh(source: str, new_url: str, tmp_path: Path) -> None:
    """No query is planned as if the tables were still empty."""
    back = f"sqlite:///{tmp_path}/back.db"
    await copy(source, new_url)
    await copy(new_url, back)
    async with connected(new_url) as postgres:
        assert await postgres.fetchval("SELECT reltuples FROM pg_class WHERE relname = 'tickets'") == 500
    with closing(sqlite3.connect(sqlite_path(back))) as connection:
        [stat] = connection.execute("SELECT stat FROM sqlite_stat1 WHERE idx = 'tickets_by_time'").fetchone()
    assert stat.startswith("500 ")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a place for a database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/target.db"
    url: str = request.getfixturevalue("new_url")
    return url


async def test_a_target_with_a_row_is_refused(source: str, target: str) -> None:
    """In whichever table it is; what was there stays as it was."""
    await copy(source, target)
    before = await read_all(target)
    with pytest.raises(CannotCopy, match=r"isn't empty: its table \w+ has rows"):
        await copy(source, target)
    assert await read_all(target) == before


async def test_a_target_that_is_the_source(either_source: str) -> None:
    """It is refused soon, rather than waited for until it is done with itself."""
    before = await read_all(either_source)
    with pytest.raises((CannotCopy, StoreUnavailable), match="another transaction locks|locked|still uses"):
        await copy(either_source, either_source)
    assert await read_all(either_source) == before


async def test_a_target_that_a_bot_has_used(source: str, target: str) -> None:
    """What a process has written about itself is a row as well: it may still be running."""
    async with open_store(target) as store:
        await store.leases.acquire("rooms", "holder", now=SystemClock().now())
        with pytest.raises(CannotCopy, match="isn't empty|still uses"):
            await copy(source, target)


class StoppedInTheMiddle(BaseException):
    """As KeyboardInterrupt is, which pytest would take for itself."""


async def test_a_copy_that_is_stopped_leaves_nothing(source: str, target: str) -> None:
    """After some tables are written, and again in the middle of one; afterwards it can be done after all."""
    for stop_at in ("tickets", "seats"):

        def stop(table: str, _: int, stop_at: str = stop_at) -> None:
            if table == stop_at:
                raise StoppedInTheMiddle

        with pytest.raises(StoppedInTheMiddle):
            await copy(source, target, stop)
        assert not any((await read_all(target)).values())
    await copy(source, target)
    assert await read_all(target) == await read_all(source)


async def test_a_copy_that_is_cancelled_leaves_nothing(source: str, target: str) -> None:
    """As by Ctrl-C: the command's task is cancelled wherever it waits."""
    reached = asyncio.Event()
    copying = asyncio.create_task(copy(source, target, lambda *_: reached.set()))
    await reached.wait()
    copying.cancel()
    await asyncio.wait([copying])
    assert copying.cancelled()
    assert not any((await read_all(target)).values())


@pytest.fixture(params=["sqlite", "postgres"])
async def either_source(request: pytest.FixtureRequest, source: str, new_url: str) -> str:
    """The URL of a database of either kind that has rows."""
    if request.param == "sqlite":
        return source
    await copy(source, new_url)
    return new_url


async def test_a_source_that_a_bot_uses(either_source: str, tmp_path: Path) -> None:
    """Whether it leads a loop or not: what it wrote meanwhile would be lost."""
    place = f"sqlite:///{tmp_path}/target.db"
    async with open_store(either_source):
        with pytest.raises(CannotCopy, match="A process still uses .* Stop the bot first"):
            await copy(either_source, place)
    assert not sqlite_path(place).exists()
    await copy(either_source, place)


async def test_a_source_whose_leader_is_cut_off(source: str, new_url: str, tmp_path: Path) -> None:
    """A process that has lost its connection for a moment still leads, and may be back."""
    await copy(source, new_url)
    place = f"sqlite:///{tmp_path}/target.db"
    async with open_store(new_url) as store:
        await store.leases.acquire("rooms", "holder", now=SystemClock().now())
    with pytest.raises(CannotCopy, match="A process still uses"):
        await copy(new_url, place)


async def test_a_source_whose_leader_had_a_wrong_clock(source: str, new_url: str, tmp_path: Path) -> None:
    """A lease that ends in a year is void, and no reason to wait for a year."""
    await copy(source, new_url)
    async with open_store(new_url) as store:
        await store.leases.acquire("rooms", "holder", now=SystemClock().now() + timedelta(days=365))
    await copy(new_url, f"sqlite:///{tmp_path}/target.db")


async def test_a_source_that_was_moved_from_under_a_bot(source: str, tmp_path: Path) -> None:
    """Its process has no lock on this file, but still has one beside it."""
    locks = ProcessLocks(sqlite_path(source))
    assert locks.try_lock("rooms", "holder")
    with pytest.raises(CannotCopy, match="A process still uses"):
        await copy(source, f"sqlite:///{tmp_path}/target.db")
    locks.unlock_all()


async def test_nobody_writes_to_the_source_meanwhile(either_source: str) -> None:
    """Whoever starts too early waits: nothing can be written that would be lost."""
    async with from_database(either_source):
        if is_postgres(either_source):
            async with connected(either_source) as postgres:
                assert not await postgres.fetchval(f"SELECT pg_try_advisory_lock({WRITE_LOCK})")
        else:
            with (
                closing(sqlite3.connect(sqlite_path(either_source), timeout=0)) as connection,
                pytest.raises(sqlite3.OperationalError, match="locked"),
            ):
                connection.execute("SELECT * FROM tickets")


@pytest.fixture
def awkward_sources(tmp_path: Path, empty_store: bytes) -> Path:
    """The folder of files that are no good as a source."""
    (tmp_path / "text.db").write_text("Shopping list: milk\n" * 100)
    (tmp_path / "empty.db").touch()
    (tmp_path / "folder.db").mkdir()
    for name, version in (("old.db", 4), ("new.db", 9999)):
        (tmp_path / name).write_bytes(empty_store)
        run_sql(f"sqlite:///{tmp_path}/{name}", f"PRAGMA user_version = {version}")
    run_sql(f"sqlite:///{tmp_path}/foreign.db", "CREATE TABLE bookmarks (address TEXT)")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("none.db", "There's no database at"),
        ("folder.db", "is a folder"),
        ("text.db", "isn't an SQLite database"),
        ("empty.db", "isn't a database of Hey Buddy"),
        ("foreign.db", "isn't a database of Hey Buddy"),
        ("new.db", "made by a newer version"),
        ("old.db", r"is version 4, and this program needs \d+: set store.database to it, and run heybuddy migrate"),
    ],
)
async def test_a_file_that_is_no_source(awkward_sources: Path, name: str, said: str) -> None:
    """Each is explained, and no target is made."""
    with pytest.raises(CannotCopy, match=said):
        await copy(f"sqlite:///{awkward_sources / name}", f"sqlite:///{awkward_sources}/target.db")
    assert not (awkward_sources / "target.db").exists()


async def test_a_postgres_database_that_is_no_source(new_url: str, tmp_path: Path) -> None:
    """Empty, of another version, or of another program: the same."""
    place = f"sqlite:///{tmp_path}/target.db"
    with pytest.raises(CannotCopy, match="is empty; there's nothing to copy"):
        await copy(new_url, place)
    async with connected(new_url) as postgres:
        await postgres.execute("CREATE TABLE bookmarks (address text)")
        for end in (from_database, into_database):
            with pytest.raises(ForeignDatabase):
                async with end(new_url):
                    pass
        await postgres.execute(
            "CREATE TABLE schema_migrations (number bigint); INSERT INTO schema_migrations VALUES (1)"
        )
        with pytest.raises(CannotCopy, match="is version 1, and this program needs"):
            await copy(new_url, place)
        await postgres.execute("UPDATE schema_migrations SET number = 9999")
        with pytest.raises(NewerDatabase):
            await copy(new_url, place)


async def test_a_damaged_source(source: str, tmp_path: Path) -> None:
    """Rather than the rows that can still be read there is a sentence."""
    path = sqlite_path(source)
    content = bytearray(path.read_bytes())
    content[8192:12288] = bytes(4096)
    path.write_bytes(content)
    with pytest.raises(StoreUnavailable, match="damaged|malformed"):
        await copy(source, f"sqlite:///{tmp_path}/target.db")


async def test_a_row_that_postgres_does_not_store(source: str, new_url: str) -> None:
    """It is named, and nothing is copied; another SQLite file would take it as it is."""
    run_sql(source, "UPDATE tickets SET name = 'a' || char(0) || 'b' WHERE id = '0000007'")
    with pytest.raises(CannotCopy, match="and name has one in the row of tickets whose id is '0000007'"):
        await copy(source, new_url)
    assert not any((await read_all(new_url)).values())


async def test_a_row_that_postgres_refuses(source: str, new_url: str) -> None:
    """In its own words, with the table."""
    async with into_database(new_url):
        pass
    async with connected(new_url) as postgres:
        await postgres.execute("ALTER TABLE tickets ADD CHECK (id <> '0000007')")
    with pytest.raises(CannotCopy, match="PostgreSQL refuses a row of tickets: .*check constraint"):
        await copy(source, new_url)
    assert not any((await read_all(new_url)).values())


async def test_rows_that_are_lost_on_the_way_are_noticed(
    source: str, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows are counted on both sides before anything is kept."""

    async def write_none(_self: object, _table: object, rows: AsyncIterator[object]) -> None:
        async for _ in rows:
            pass

    async with into_database(target) as empty:
        kind = type(empty)
    with monkeypatch.context() as patched:
        patched.setattr(kind, "write_rows", write_none)
        with pytest.raises(CannotCopy, match=r"The table \w+ has \d+ rows, of which 0 were copied. Nothing was kept."):
            await copy(source, target)
    assert not any((await read_all(target)).values())
