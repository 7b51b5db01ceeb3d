"""SQLite as the store's database: mistakes of ours, and problems with the file."""

import asyncio
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.store import Store, StoreUnavailable, migrate
from bot.store.database import Statement
from bot.store.databases.sqlite import SqliteDatabase
from tests.store.opening import open_store
from tests.store.rows import set_value


@pytest.mark.parametrize(
    ("mistake", "error"),
    [
        (Statement(name="no.such", values={}), KeyError),
        (Statement(name="installation.set", values={"name": "b"}), sqlite3.ProgrammingError),
        (Statement(name="installation.set", values={"name": "b", "value": None}), sqlite3.IntegrityError),
        (Statement(name="installation.set", values={"name": "b", "value": 2**64}), OverflowError),
    ],
)
async def test_a_bug_in_a_list_affects_no_other(
    store: Store, database: Path, mistake: Statement, error: type[Exception]
) -> None:
    """It is raised unchanged, not as StoreUnavailable, and the other lists of its commit are written."""
    wrong, right = await asyncio.gather(
        store.database.write([set_value("c", "1"), mistake]),
        store.database.write([set_value("a", "1")]),
        return_exceptions=True,
    )
    assert isinstance(wrong, error)
    assert not isinstance(right, BaseException)
    assert [await store.installation.get(name) for name in ("a", "b", "c")] == ["1", None, None]


@pytest.mark.parametrize(
    ("name", "values", "error"),
    [
        ("installation.get", {}, sqlite3.ProgrammingError),
        ("installation.get", {"name": 2**64}, OverflowError),
        ("no.such", {}, KeyError),
    ],
)
async def test_a_bug_in_a_query_is_raised_unchanged(
    store: Store, database: Path, name: str, values: dict[str, int], error: type[Exception]
) -> None:
    """It is not reported as StoreUnavailable either."""
    with pytest.raises(error):
        await store.database.one(name, **values)


async def test_the_reader_cannot_write(store: Store, database: Path) -> None:
    """A query that writes by mistake changes nothing."""
    with pytest.raises(StoreUnavailable, match="readonly"):
        await store.database.all("installation.set", name="a", value="1")
    assert await store.installation.get("a") is None


async def test_closing_finishes_pending_writes(database: Path) -> None:
    """Earlier writes are completed, later ones are refused, and closing again changes nothing."""
    async with open_store(f"sqlite:///{database}") as store:
        writing = asyncio.create_task(store.installation.set("a", "1"))
        await asyncio.sleep(0)
        await store.database.close()
        await writing
        with pytest.raises(StoreUnavailable):
            await store.installation.set("b", "2")
        with pytest.raises(StoreUnavailable):
            await store.installation.get("a")
    async with open_store(f"sqlite:///{database}") as store:
        assert await store.installation.get("a") == "1"


async def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    """One sentence names the file."""
    with pytest.raises(StoreUnavailable, match="nowhere"):
        async with open_store(f"sqlite:///{tmp_path / 'nowhere' / 'scenario.db'}"):
            pass


async def test_a_file_that_is_no_database(database: Path) -> None:
    """It is refused and left as it is."""
    letter = "a letter to a friend, long enough to be no database at all" * 30
    database.write_text(letter)
    with pytest.raises(StoreUnavailable):
        async with open_store(f"sqlite:///{database}"):
            pass
    assert database.read_text() == letter


def damage(path: Path, table: str) -> None:
    """Overwrite the page on which a table begins."""
    with closing(sqlite3.connect(path)) as connection:
        [size] = connection.execute("PRAGMA page_size").fetchone()
        [page] = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", [table]).fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)


async def test_reading_from_a_damaged_file(database: Path) -> None:
    """The reader raises StoreUnavailable, and can still read what is not damaged."""
    migrate(database)
    damage(database, "servers")
    async with open_store(f"sqlite:///{database}") as store:
        await store.installation.set("a", "1")
        for _ in range(2):
            with pytest.raises(StoreUnavailable, match="malformed"):
                await store.servers.get(1)
        assert await store.installation.get("a") == "1"


async def test_a_file_locked_by_another_program(store: Store, database: Path) -> None:
    """Writing fails as a whole while it is locked, and works again afterwards."""
    assert isinstance(store.database, SqliteDatabase)
    await store.database._writer.fetch("PRAGMA busy_timeout = 50", {})
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="locked"):
            await store.installation.set("a", "1")
        other.execute("ROLLBACK")
    await store.installation.set("a", "2")
    assert await store.installation.get("a") == "2"


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """Simulates a full disk: no file of this process can grow beyond `size` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_disk(store: Store, database: Path) -> None:
    """No list is half written, reading still works, and with room again so does writing."""
    await store.installation.set("a", "1")
    largest = max(path.stat().st_size for path in database.parent.iterdir())
    with file_size_limit(largest), pytest.raises(StoreUnavailable):
        await store.database.write([set_value("a", "2"), set_value("big", "x" * 1_000_000)])
    assert await store.installation.get("a") == "1"
    await store.installation.set("a", "3")
    assert await store.installation.get("a") == "3"


async def test_the_check_really_writes(store: Store, database: Path) -> None:
    """It notices a full disk, and also when there is room again."""
    await store.check()
    with file_size_limit(0), pytest.raises(StoreUnavailable):
        await store.check()
    await store.check()
