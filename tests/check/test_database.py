"""The database is read and nothing else: not migrated, not written to, no file left beside it."""

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from bot.check import database as checked
from bot.check.database import check_database, read_note
from bot.check.finding import Finding
from bot.store import NEWEST_CHECK_ROOM, SqliteInspector, Store
from bot.store.databases import sqlite_disk
from bot.store.databases.sqlite_backup import back_up
from bot.store.databases.sqlite_locks import ProcessLocks
from bot.store.databases.sqlite_restore import restore
from tests.clocks import START
from tests.store.opening import open_store
from tests.store.writing import WRONG_INDEXES, make_index_wrong


async def checking(path: Path) -> Sequence[Finding]:
    """What is found in this database."""
    return await check_database(path)


def run_sql(path: Path, *statements: str) -> None:
    """Change a file behind the store's back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    """The name, the bytes and the time of the last change of every file."""
    return {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in folder.iterdir()}


async def test_nothing_is_there_yet(tmp_path: Path) -> None:
    """Before the first run there is no file, which is right, and there is none afterwards."""
    [finding] = await checking(tmp_path / "new.db")
    assert (finding.ok, finding.message) == (
        True,
        f"doesn't exist yet; `heybuddy run` will make {tmp_path / 'new.db'}",
    )
    assert list(tmp_path.iterdir()) == []


async def test_a_database_at_rest(database: Path, empty_store: bytes) -> None:
    """It is undamaged and up to date, and stays as it was, without companions."""
    database.write_bytes(empty_store)
    before = contents(database.parent)
    findings = await checking(database)
    assert [(finding.ok, finding.message) for finding in findings] == [
        (True, "is undamaged and up to date"),
    ]
    assert contents(database.parent) == before


async def test_a_database_in_use(store: Store, database: Path) -> None:
    """What the running service has written counts, even if it is still beside the file; nothing changes."""
    await store.installation.set(NEWEST_CHECK_ROOM, "check-1")
    before = {name: content for name, (content, _) in contents(database.parent).items() if not name.endswith("-shm")}
    assert all(finding.ok for finding in await checking(database))
    assert await read_note(SqliteInspector(database)) == "check-1"
    after = contents(database.parent)
    assert {name: content for name, (content, _) in after.items() if not name.endswith("-shm")} == before


async def test_an_old_version_is_not_migrated(database: Path, empty_store: bytes) -> None:
    """The command that migrates is named instead."""
    database.write_bytes(empty_store)
    run_sql(database, "PRAGMA journal_mode = DELETE", "PRAGMA user_version = 3")
    before = contents(database.parent)
    [finding] = await checking(database)
    assert not finding.ok
    assert finding.message.startswith("is version 3, and this program needs ")
    assert finding.message.endswith("run `heybuddy migrate`")
    assert contents(database.parent) == before


def make_newer(path: Path) -> None:
    """A file of a version to come."""
    run_sql(path, "PRAGMA user_version = 999")


def make_foreign(path: Path) -> None:
    """A file of another program."""
    path.unlink()
    run_sql(path, "CREATE TABLE bookmarks (address TEXT)")


def make_text(path: Path) -> None:
    """A file that is no database."""
    path.write_text("Shopping list: milk\n" * 100)


def make_damaged(path: Path) -> None:
    """A file with a page of rubbish inside."""
    run_sql(path, "PRAGMA journal_mode = DELETE")
    with path.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xa5" * 4096 * 4)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (make_newer, "made by a newer version of Hey Buddy"),
        (make_foreign, "belongs to another program"),
        (make_text, "it isn't an SQLite database; correct the path or, if that is right, restore a backup."),
        (make_damaged, "is damaged ("),
    ],
)
async def test_a_spoiled_database(database: Path, empty_store: bytes, spoil: Callable[[Path], None], said: str) -> None:
    """A newer, a foreign and a damaged file are told apart, and left as they are."""
    database.write_bytes(empty_store)
    spoil(database)
    before = contents(database.parent)
    [finding] = [finding for finding in await checking(database) if not finding.ok]
    assert said in finding.message
    assert contents(database.parent) == before


@pytest.mark.parametrize(("index", "change"), WRONG_INDEXES)
async def test_a_wrong_index(database: Path, empty_store: bytes, index: str, change: str) -> None:
    """It is told apart from other damage, because no older backup is needed, and the way named repairs it."""
    database.write_bytes(empty_store)
    make_index_wrong(database, index, change)
    before = contents(database.parent)
    [finding] = [finding for finding in await checking(database) if not finding.ok]
    assert finding.message.startswith("an index doesn't match its table (")
    assert contents(database.parent) == before
    restore(database, back_up(database, database.with_name("copy.db"), START).file, START)
    assert all(finding.ok for finding in await checking(database))


async def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    """It is named, and not made."""
    [finding] = await checking(tmp_path / "nowhere" / "buddy.db")
    assert not finding.ok
    assert f"the folder {tmp_path / 'nowhere'} doesn't exist" in finding.message
    assert list(tmp_path.iterdir()) == []


async def test_a_file_that_may_not_be_written(
    database: Path, empty_store: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is there, but another user's."""
    database.write_bytes(empty_store)
    monkeypatch.setattr(os, "access", lambda path, _: path != database)
    [finding] = await checking(database)
    assert not finding.ok
    assert f"can't write to {database}" in finding.message


async def test_a_large_database(database: Path, empty_store: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """The search for damage ends in time, and the check says that it did not finish."""
    database.write_bytes(empty_store)
    rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) "
    run_sql(database, rows + "INSERT INTO webhook_events SELECT i, i FROM n")  # noqa: S608 -- our own text
    monkeypatch.setattr(checked, "DAMAGE_WITHIN_S", 0.001)
    finding = (await checking(database))[0]
    assert (finding.ok, "too large to be searched" in finding.message) == (True, True)


@pytest.mark.parametrize("spoil", [None, make_newer, make_foreign, make_text])
async def test_there_is_no_note(database: Path, empty_store: bytes, spoil: Callable[[Path], None] | None) -> None:
    """Without a database, or without a note in it, no event has come."""
    if spoil:
        database.write_bytes(empty_store)
        spoil(database)
    assert await read_note(SqliteInspector(database)) is None


async def test_opening_makes_nothing_that_migrating_would(tmp_path: Path) -> None:
    """A file that the store has closed has no companions, nor has it after a check."""
    async with open_store(f"sqlite:///{tmp_path / 'closed.db'}"):
        pass
    before = contents(tmp_path)
    await checking(tmp_path / "closed.db")
    assert contents(tmp_path) == before


@pytest.fixture
def lock(database: Path) -> Iterator[ProcessLocks]:
    """A process runs with this database."""
    locks = ProcessLocks(database)
    assert locks.try_lock("matchmaker", "x")
    yield locks
    locks.unlock_all()


def move(file: Path) -> None:
    file.rename(file.with_name("moved"))


@pytest.mark.parametrize("lose", [move, Path.unlink])
async def test_a_database_that_is_gone_while_a_process_uses_it(
    lock: ProcessLocks, store: Store, database: Path, lose: Callable[[Path], None]
) -> None:
    """A held lock proves that it is not one that will still be made; when that is free, the -wal says so."""
    lose(database)
    [finding] = await checking(database)
    assert (finding.subject, finding.ok) == ("store.database", False)
    assert finding.message.startswith(
        f"{database} was moved, deleted or replaced while Hey Buddy was using it. Stop Hey"
    )
    lock.unlock_all()
    [finding] = await checking(database)
    assert not finding.ok
    assert f"{database} was moved or deleted, but {database.name}-wal, which belongs" in finding.message
    del store


@pytest.mark.parametrize("ending", ["-wal", "-shm"])
@pytest.mark.parametrize("lose", [move, Path.unlink])
async def test_companions_that_are_gone_while_a_process_uses_them(
    lock: ProcessLocks, store: Store, database: Path, lose: Callable[[Path], None], ending: str
) -> None:
    """Once it has stopped they are not missed, and nothing is lost."""
    companion = database.with_name(database.name + ending)
    lose(companion)
    [finding] = await checking(database)
    assert not finding.ok
    assert (
        f"replaced while Hey Buddy was using it: {companion.name}. Restart Hey Buddy without killing it"
        in finding.message
    )
    await store.database.close()
    lock.unlock_all()
    assert [finding.ok for finding in await checking(database)] == [True]


def keep(_: Path) -> None:
    """Nothing is wrong with the file."""


def make_unreadable(path: Path) -> None:
    """A -wal that cannot be copied, as on a disk without a free block."""
    path.with_name(f"{path.name}-wal").mkdir()


@pytest.mark.parametrize(("spoil", "is_well"), [(keep, True), (make_text, False), (make_unreadable, False)])
async def test_a_full_disk(
    database: Path, empty_store: bytes, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Path], None], *, is_well: bool
) -> None:
    """It is told beside what the file itself is like, also if that cannot be read."""
    database.write_bytes(empty_store)
    spoil(database)
    monkeypatch.setattr(sqlite_disk, "NEEDED", 10**18)
    assert [(finding.subject, finding.ok) for finding in await checking(database)] == [
        ("store.database", is_well),
        ("disk", False),
    ]
