"""Restoring a backup, tried with real processes that freeze, are killed, or run while they must not."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.store import StoreError, StoreUnavailable, migrate
from bot.store.database import CannotCopy
from bot.store.databases import sqlite_migrate, sqlite_restore
from bot.store.databases.sqlite_backup import back_up
from bot.store.databases.sqlite_damage import find_any_damage
from bot.store.databases.sqlite_restore import restore
from tests.clocks import START
from tests.store.opening import open_store
from tests.store.test_sqlite_migrate import made_by_0_1_0, made_by_another_program, made_by_newer_version
from tests.store.writing import (
    DATED,
    TWO_OF_A_COOKIE,
    WRONG_INDEXES,
    StartWriting,
    left_over,
    make_index_wrong,
    make_large,
    members_in,
    number_in,
    set_number,
)

pytestmark = pytest.mark.dose

SOME_NUMBERS = 50


async def test_restore_beside_a_stale_wal(database: Path, start_writing: StartWriting) -> None:
    """A killed process left a `-wal` file: the restored database is not mixed with it, and the former one is whole."""
    migrate(database)
    set_number(database, 0)
    copy = back_up(database, database.with_name("copy.db"), START).file
    writing = await start_writing()
    for _ in range(SOME_NUMBERS):
        await writing.next_number()
    last = await writing.kill()
    done = restore(database, copy, START)
    assert done.former == database.with_name(f"{database.name}.replaced-{DATED}")
    assert done.former.with_name(f"{done.former.name}-wal").exists()
    assert number_in(database) == 0
    assert number_in(done.former) >= last
    async with open_store(f"sqlite:///{database}") as store:
        assert await store.installation.get("number") == "0"


@pytest.mark.parametrize("frozen", [False, True])
async def test_no_restore_while_a_process_uses_the_database(
    database: Path, start_writing: StartWriting, frozen: bool
) -> None:
    """Not even an idle or a frozen one; nothing changes. Once it is gone, killed or not, the restore works."""
    migrate(database)
    copy = back_up(database, database.with_name("copy.db"), START).file
    running = await start_writing("idle")
    await running.next_number()
    if frozen:
        running.freeze()
    before = left_over(database.parent)
    with pytest.raises(CannotCopy, match="Stop the bot first"):
        restore(database, copy, START)
    assert left_over(database.parent) == before
    await running.kill()
    assert restore(database, copy, START).former is not None


def deleted(database: Path) -> None:
    database.unlink()


def moved(database: Path) -> None:
    database.rename(database.with_name("moved.db"))


def moved_with_its_companions(database: Path) -> None:
    for file in list(database.parent.glob(f"{database.name}*")):
        if not file.name.endswith(".lock"):
            file.rename(file.with_name(f"moved-{file.name}"))


def replaced_by_a_copy(database: Path) -> None:
    database.rename(database.with_name("moved.db"))
    shutil.copy(database.with_name("copy.db"), database)


def replaced_by_an_empty_file(database: Path) -> None:
    database.unlink()
    database.touch()


@pytest.mark.parametrize("frozen", [False, True])
@pytest.mark.parametrize(
    "gone", [deleted, moved, moved_with_its_companions, replaced_by_a_copy, replaced_by_an_empty_file]
)
async def test_no_restore_while_a_process_uses_a_file_that_is_gone(
    database: Path, start_writing: StartWriting, gone: Callable[[Path], None], frozen: bool
) -> None:
    """The bot would go on with the file that was there, and its members with it, beside the restored one."""
    migrate(database)
    copy = back_up(database, database.with_name("copy.db"), START).file
    running = await start_writing("leading")
    await running.next_number()
    if frozen:
        running.freeze()
    gone(database)
    before = left_over(database.parent)
    with pytest.raises(CannotCopy, match="Stop the bot first"):
        restore(database, copy, START)
    assert left_over(database.parent) == before
    await running.kill()
    restore(database, copy, START)
    assert list(migrate(database)) == []


def test_no_restore_over_a_database_that_was_just_made(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bot that starts while the backup is being copied has made a new file, and uses it."""
    made = database.with_name("made.db")
    migrate(made)
    copy = back_up(made, database.with_name("copy.db"), START).file

    def migrate_first(file: Path) -> Sequence[int]:
        migrate(database.with_name("another.db"))
        database.with_name("another.db").rename(database)
        return sqlite_migrate.migrate_copy(file)

    monkeypatch.setattr(sqlite_restore, "migrate_copy", migrate_first)
    with pytest.raises(CannotCopy, match="Stop the bot first"):
        restore(database, copy, START)
    assert left_over(database.parent) == ["copy.db", "made.db", "scenario.db"]


def test_no_process_starts_with_the_former_database(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that opens the file just before a restore renames it does not write to it any more."""
    migrate(database)
    copy = back_up(database, database.with_name("copy.db"), START).file
    connect = sqlite3.connect

    def connect_then_restore(*arguments: Any, **options: Any) -> sqlite3.Connection:
        with monkeypatch.context() as patched:
            patched.setattr(sqlite3, "connect", connect)
            opened: sqlite3.Connection = connect(*arguments, **options)
            restore(database, copy, START)
        return opened

    with monkeypatch.context() as patched:
        patched.setattr(sqlite3, "connect", connect_then_restore)
        with pytest.raises(StoreUnavailable, match="has just been replaced"):
            migrate(database)
    assert list(migrate(database)) == []


def truncated(path: Path) -> None:
    migrate(path)
    make_large(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def overwritten_in_the_middle(path: Path) -> None:
    migrate(path)
    make_large(path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 8192] = b"\xff" * 8192
    path.write_bytes(content)


def with_two_of_a_cookie(path: Path) -> None:
    migrate(path)
    make_index_wrong(path, "one_session_per_cookie", TWO_OF_A_COOKIE)


def no_database(path: Path) -> None:
    path.write_text("Dear diary, " * 1000)


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (no_database, "isn't an SQLite database. Correct the path."),
        (Path.touch, "isn't a database of Hey Buddy"),
        (made_by_another_program, "isn't a database of Hey Buddy"),
        (made_by_0_1_0, "is from Hey Buddy 0.1.0"),
        (made_by_newer_version, "Install that version first"),
        (truncated, "malformed"),
        (overwritten_in_the_middle, "is damaged"),
        (with_two_of_a_cookie, "is damaged"),
        (Path.mkdir, "is a folder"),
        (lambda _: None, "There's no file"),
    ],
)
def test_a_file_that_cannot_be_restored(database: Path, made: Callable[[Path], object], sentence: str) -> None:
    """One sentence says why; database and file are as they were."""
    migrate(database)
    set_number(database, 7)
    file = database.with_name("file.db")
    made(file)
    before = left_over(database.parent), file.read_bytes() if file.is_file() else None
    with pytest.raises(StoreError, match=sentence):
        restore(database, file, START)
    assert (left_over(database.parent), file.read_bytes() if file.is_file() else None) == before
    assert number_in(database) == 7


def test_the_database_cannot_be_restored_from_itself(database: Path) -> None:
    """That is said, also of a link to it."""
    migrate(database)
    link = database.with_name("link.db")
    link.symlink_to(database)
    with pytest.raises(CannotCopy, match="is the database itself"):
        restore(database, link, START)


def test_an_older_backup_is_upgraded(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The migrations run before it takes the place of the database; the backup itself stays as it is."""
    migrate(database)
    copy = back_up(database, database.with_name("copy.db"), START).file
    before = copy.read_bytes()
    number = sqlite_migrate.migrations()[-1][0] + 1
    longer = [*sqlite_migrate.migrations(), (number, "CREATE TABLE later (id INTEGER) STRICT;")]
    monkeypatch.setattr(sqlite_migrate, "migrations", lambda: longer)
    assert restore(database, copy, START).migrations == (number,)
    assert list(migrate(database)) == []
    assert copy.read_bytes() == before


@pytest.mark.parametrize(("index", "change"), WRONG_INDEXES)
async def test_a_wrong_index_is_repaired(database: Path, index: str, change: str) -> None:
    """As `heybuddy check` says: make a backup of the database and restore it; the former one is kept."""
    migrate(database)
    make_index_wrong(database, index, change)
    members = members_in(database)
    assert "index" in (await find_any_damage(database) or "")
    done = restore(database, back_up(database, database.with_name("copy.db"), START).file, START)
    assert await find_any_damage(database) is None
    assert members_in(database) == members == members_in(done.former or Path())


@pytest.mark.parametrize(("index", "change"), WRONG_INDEXES)
async def test_a_file_with_a_wrong_index(database: Path, index: str, change: str) -> None:
    """A copy that was not made by `heybuddy backup`: its indexes are built anew, and whoever asked is told."""
    file = database.with_name("file.db")
    migrate(file)
    make_index_wrong(file, index, change)
    assert restore(database, file, START).has_new_indexes
    assert await find_any_damage(database) is None
    assert members_in(database) == members_in(file)


def test_a_damaged_database_can_be_replaced(database: Path) -> None:
    """That is what backups are for; the damaged one is kept."""
    migrate(database)
    copy = back_up(database, database.with_name("copy.db"), START).file
    database.write_bytes(b"\xff" * 5000)
    done = restore(database, copy, START)
    assert done.former is not None
    assert done.former.read_bytes() == b"\xff" * 5000
    assert list(migrate(database)) == []


def test_restore_on_a_new_machine(database: Path) -> None:
    """There is no former database."""
    migrate(database)
    set_number(database, 7)
    copy = back_up(database, database.with_name("copy.db"), START).file
    database.unlink()
    assert restore(database, copy, START).former is None
    assert number_in(database) == 7


@pytest.mark.parametrize("renamed", [1, 2, 3])
async def test_a_restore_that_is_killed(
    database: Path, start_writing: StartWriting, monkeypatch: pytest.MonkeyPatch, renamed: int
) -> None:
    """Wherever that happens, the bot does not start with an empty or mixed database; restoring again completes it."""
    migrate(database)
    set_number(database, 0)
    copy = back_up(database, database.with_name("copy.db"), START).file
    writing = await start_writing()
    await writing.next_number()
    await writing.kill()
    original = Path.rename
    done: list[Path] = []

    def rename(path: Path, target: Path) -> Path:
        if len(done) == renamed:
            raise SystemExit
        done.append(path)
        return original(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", rename)
        with pytest.raises(SystemExit):
            restore(database, copy, START)
    with pytest.raises(StoreUnavailable, match="Run heybuddy restore again"):
        migrate(database)
    restore(database, copy, START.replace(second=1))
    assert number_in(database) == 0


def test_the_restored_database_has_the_owner_of_the_former_one(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the bot could not read what root has restored. Another user is refused, and nothing changes."""
    migrate(database)
    copy = back_up(database, database.with_name("copy.db"), START).file
    given: list[tuple[str, int, int]] = []
    monkeypatch.setattr(os, "chown", lambda path, user, group: given.append((path.name, user, group)))
    restore(database, copy, START)
    assert given == [("scenario.db.restoring", database.stat().st_uid, -1)]
    before = left_over(database.parent)

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "chown", refuse)
    with pytest.raises(CannotCopy, match="belongs to another user"):
        restore(database, copy, START.replace(second=1))
    assert left_over(database.parent) == before
