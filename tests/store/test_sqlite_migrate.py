"""Creating and upgrading SQLite files: forward only, all or nothing, and never a file that is not ours."""

import asyncio
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.store import StoreError, migrate
from bot.store.database import ForeignDatabase, NewerDatabase, OldDatabase, StoreUnavailable
from bot.store.databases import sqlite_migrate
from bot.store.databases.sqlite_copy import copy_database
from bot.store.databases.sqlite_locks import ProcessLocks
from bot.store.databases.sqlite_migrate import migrate_copy
from tests.store.many_rows import fill_table
from tests.store.opening import open_store
from tests.store.scenario import Scenario

OLD_SCHEMA = Path(__file__).with_name("schema_0_1_0.sql").read_text(encoding="utf-8")
FIRST = 4  # a database of 0.1.0 has the version 3 or less
NUMBERS = [number for number, _ in sqlite_migrate.migrations()]
NEWEST = NUMBERS[-1]


def schema(path: Path) -> set[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        return set(connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL"))


def with_migration(monkeypatch: pytest.MonkeyPatch, number: int, text: str) -> None:
    """Let there be one more migration."""
    longer = [*sqlite_migrate.migrations(), (number, text)]
    monkeypatch.setattr(sys.modules[migrate.__module__], "migrations", lambda: longer)


def test_a_new_file_gets_every_migration_once(database: Path) -> None:
    """Migrating again finds nothing to do."""
    assert list(migrate(database)) == NUMBERS
    before = schema(database)
    assert list(migrate(database)) == []
    assert schema(database) == before


async def test_processes_that_start_together_take_turns(database: Path) -> None:
    """One of them creates the tables, the others find them, and none fails."""
    ran = await asyncio.gather(*(asyncio.to_thread(migrate, database) for _ in range(8)))
    assert sorted(map(len, ran)) == [0] * 7 + [len(NUMBERS)]


def test_a_backup_is_made_before_an_upgrade(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy has everything that was in the file, and the former schema version."""
    migrate(database)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("INSERT INTO installation VALUES ('kept', 'yes')")
    with_migration(monkeypatch, NEWEST + 1, "CREATE TABLE later (id INTEGER) STRICT;")
    assert list(migrate(database)) == [NEWEST + 1]
    backup = database.with_name(f"{database.name}.before-{NEWEST + 1:04}")
    with closing(sqlite3.connect(backup)) as connection:
        assert connection.execute("SELECT value FROM installation").fetchone() == ("yes",)
        assert connection.execute("PRAGMA user_version").fetchone() == (NEWEST,)


def test_a_migration_that_fails_changes_nothing(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is undone as a whole, its number included."""
    migrate(database)
    before = database.read_bytes()
    with_migration(monkeypatch, 99, "CREATE TABLE half (id INTEGER) STRICT; CREATE TABLE half (id INTEGER) STRICT;")
    with pytest.raises(StoreError, match="half"):
        migrate(database)
    assert database.read_bytes() == before


def test_a_first_migration_that_fails_leaves_a_new_file(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next start creates everything."""
    with monkeypatch.context() as patched:
        with_migration(patched, 99, "CREATE TABLE servers (id INTEGER) STRICT;")
        with pytest.raises(StoreError, match="servers"):
            migrate(database)
    assert schema(database) == set()
    assert list(migrate(database)) == NUMBERS


def made_by_0_1_0(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(f"{OLD_SCHEMA} PRAGMA user_version = 3; PRAGMA journal_mode = WAL;")


def made_by_first_development_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(f"{OLD_SCHEMA.partition('-- What is forgotten')[0]} PRAGMA user_version = 1;")


def made_by_newer_version(path: Path) -> None:
    migrate(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 9999")


def made_by_another_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE servers (id INTEGER); CREATE TABLE sessions (id INTEGER);")


def empty_but_numbered_by_another_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE t (id INTEGER); DROP TABLE t; PRAGMA user_version = 1;")


def marked_by_another_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE t (id INTEGER); DROP TABLE t; PRAGMA application_id = 1196444487;")


@pytest.mark.parametrize(
    ("made", "error", "next_step"),
    [
        (made_by_0_1_0, OldDatabase, "Set store.database to a new file and run /buddy setup again."),
        (made_by_first_development_version, OldDatabase, "Set store.database to a new file"),
        (made_by_newer_version, NewerDatabase, "Install that version, or use another database."),
        (made_by_another_program, ForeignDatabase, "Set store.database to a new file."),
        (empty_but_numbered_by_another_program, ForeignDatabase, "Set store.database to a new file."),
        (marked_by_another_program, ForeignDatabase, "Set store.database to a new file."),
    ],
)
async def test_a_file_that_is_not_ours_is_refused_and_left_alone(
    database: Path, made: Callable[[Path], None], error: type[StoreError], next_step: str
) -> None:
    """One sentence says what it is, another what to do; not a byte of the file changes."""
    made(database)
    before = database.read_bytes()
    with pytest.raises(error, match=next_step):
        async with open_store(f"sqlite:///{database}"):
            pass
    assert database.read_bytes() == before


async def test_an_empty_file_is_a_new_one(database: Path) -> None:
    """A file of zero bytes, such as a new temporary file, belongs to no program yet."""
    database.touch()
    async with open_store(f"sqlite:///{database}") as store:
        await store.installation.set("name", "value")
        assert await store.installation.get("name") == "value"


def test_migrations_are_numbered_without_gaps() -> None:
    """They start where 0.1.0 ended, and no number is missing or used twice."""
    assert list(range(FIRST, NEWEST + 1)) == NUMBERS


@pytest.mark.parametrize("ending", ["-wal", "-journal"])
def test_a_database_that_was_moved_without_its_companions_is_missed(database: Path, ending: str) -> None:
    """An empty one in its place would hide the loss, and SQLite would delete what the companion holds."""
    companion = database.with_name(database.name + ending)
    companion.write_bytes(b"the newest changes")
    with pytest.raises(StoreUnavailable, match=f"{companion.name}, which belongs to it, is still there"):
        migrate(database)
    assert (database.exists(), companion.read_bytes()) == (False, b"the newest changes")


@pytest.mark.parametrize("ending", ["-wal", "-shm"])
def test_a_companion_without_data_misses_no_database(database: Path, ending: str) -> None:
    """An empty -wal, and the index of one, hold nothing that could be lost."""
    database.with_name(database.name + ending).write_bytes(b"" if ending == "-wal" else b"an index")
    assert migrate(database)


def test_a_database_that_is_in_use_elsewhere_is_missed(database: Path) -> None:
    """It was moved while a process uses it: a second one does not begin with an empty database beside that."""
    locks = ProcessLocks(database)
    assert locks.try_lock("loop", "x")
    with pytest.raises(StoreUnavailable, match="was moved, deleted or replaced while Hey Buddy was using it"):
        migrate(database)
    locks.unlock_all()
    assert not database.exists()
    assert migrate(database)


async def test_a_database_that_is_put_back_has_lost_nothing(database: Path) -> None:
    """Moved while in use, stopped and put back, as the refusal says."""
    async with open_store(f"sqlite:///{database}") as store:
        await store.installation.set("a", "1")
        moved = database.rename(database.with_name("moved.db"))
    with pytest.raises(StoreUnavailable):
        migrate(database)
    moved.rename(database)
    async with open_store(f"sqlite:///{database}") as store:
        assert await store.installation.get("a") == "1"


async def test_a_copy_belongs_to_no_process(scenario: Scenario, database: Path) -> None:
    """Else a check would take the processes that used the original for processes that were killed."""
    fence = await scenario.fence("matchmaker")
    store, now, copy = scenario.store, scenario.clock.now(), database.with_name("copy.db")
    await store.readiness.record("us", {"gateway": "Discord closed the connection."}, now)
    copy_database(database, copy)
    migrate_copy(copy)
    async with open_store(f"sqlite:///{copy}") as copied:
        assert await copied.readiness.read_all() == []
        assert [lease.is_released for lease in await copied.leases.read_all()] == [True]
        again = await copied.leases.acquire("matchmaker", "another", now=now)
    assert again is not None
    assert again.number == fence.number + 1
    assert [lease.is_released for lease in await store.leases.read_all()] == [False]


def test_the_settings_of_servers_outlive_the_migration_that_makes_their_table_again(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every column as it was, and both indexes; now an admin may be unsure."""
    all_of_them = sqlite_migrate.migrations()
    monkeypatch.setattr(sys.modules[migrate.__module__], "migrations", lambda: all_of_them[: NUMBERS.index(6)])
    migrate(database)
    with closing(sqlite3.connect(database, isolation_level=None)) as before:
        fill_table(before, "servers", rows=5)
        rows = before.execute("SELECT * FROM servers").fetchall()
        columns = ", ".join(name for _, name, *_ in before.execute("PRAGMA table_info(servers)"))
        indexes = before.execute(
            "SELECT name, sql FROM sqlite_schema WHERE tbl_name = 'servers' AND type = 'index'"
        ).fetchall()
    monkeypatch.setattr(sys.modules[migrate.__module__], "migrations", lambda: all_of_them)
    migrate(database)
    with closing(sqlite3.connect(database, isolation_level=None)) as after:
        assert after.execute(f"SELECT {columns} FROM servers").fetchall() == rows  # noqa: S608 -- our own columns
        assert set(indexes) <= set(
            after.execute("SELECT name, sql FROM sqlite_schema WHERE tbl_name = 'servers' AND type = 'index'")
        )
        after.execute("UPDATE servers SET audience = 'unsure'")


def test_reports_from_before_wait_since_they_were_opened(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or else since they count, if nobody has opened them, or before that."""
    all_of_them = sqlite_migrate.migrations()
    monkeypatch.setattr(sys.modules[migrate.__module__], "migrations", lambda: all_of_them[: NUMBERS.index(19)])
    migrate(database)
    with closing(sqlite3.connect(database, isolation_level=None)) as before:
        for number, (counts_at, read_at) in enumerate([(5, None), (5, 7), (5, 3)]):
            before.execute(
                """INSERT INTO reports (id, server_id, number, match_id, side, reporter_locale, reported_id,
                  reported_locale, place, reason, words, evidence, filed_at, counts_at, announced, blocked_before,
                  about_staff, to_operator, read_at, kept_until)
                VALUES (:number, 1, :number, :number, 0, 'en', 2, 'en', 'room', 'hate', '', '0', 1, :counts_at, 1, 0,
                  0, 0, :read_at, 9)""",
                {"number": number, "counts_at": counts_at, "read_at": read_at},
            )
    monkeypatch.setattr(sys.modules[migrate.__module__], "migrations", lambda: all_of_them)
    migrate(database)
    with closing(sqlite3.connect(database)) as after:
        assert after.execute("SELECT waits_since FROM reports ORDER BY number").fetchall() == [(5,), (7,), (5,)]
