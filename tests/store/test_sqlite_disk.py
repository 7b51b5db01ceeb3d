"""A disk without room: what fails for want of it says so, at the start, in use and of a copy, and nothing else does."""

import os
import sqlite3
from pathlib import Path

import pytest

from bot.store import Store, StoreUnavailable, migrate
from bot.store.databases.sqlite_copy import copy_database
from bot.store.databases.sqlite_disk import describe_failure
from tests.store.test_sqlite import file_size_limit

FULL = os.statvfs_result((4096, 4096, 1000, 0, 0, 1000, 500, 500, 0, 255))
ROOMY = os.statvfs_result((4096, 4096, 10**9, 10**9, 10**9, 1000, 500, 500, 0, 255))
READ_ONLY = os.statvfs_result((4096, 4096, 1000, 0, 0, 1000, 500, 500, os.ST_RDONLY, 255))
SHORTAGE = r"\(only 0 MB are free in .*, and SQLite needs 16: make room\)\.$"


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system tells of one without a free block; `file_size_limit` makes writing fail."""
    monkeypatch.setattr(os, "statvfs", lambda _: FULL)


@pytest.mark.usefixtures("full_disk")
def test_a_start_on_a_full_disk(database: Path) -> None:
    """SQLite says that there was an I/O error."""
    with file_size_limit(0), pytest.raises(StoreUnavailable, match=SHORTAGE):
        migrate(database)


@pytest.mark.usefixtures("full_disk")
async def test_a_disk_that_fills_up(store: Store, database: Path) -> None:
    """The readiness and the log have this sentence."""
    with file_size_limit(0), pytest.raises(StoreUnavailable, match=SHORTAGE):
        await store.check()


@pytest.mark.usefixtures("full_disk")
def test_a_copy_that_has_no_room(database: Path) -> None:
    """The disk of the copy counts."""
    migrate(database)
    with file_size_limit(0), pytest.raises(StoreUnavailable, match=SHORTAGE):
        copy_database(database, database.with_name("copy.db"))


def sqlite_error(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("as SQLite says it")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "found", "is_told"),
    [
        (sqlite_error(sqlite3.SQLITE_FULL), FULL, True),
        (sqlite_error(sqlite3.SQLITE_IOERR_WRITE), FULL, True),
        (sqlite_error(sqlite3.SQLITE_CANTOPEN_NOTEMPDIR), FULL, True),
        (OSError(28, "No space left on device"), FULL, True),
        (sqlite_error(sqlite3.SQLITE_BUSY), FULL, False),
        (sqlite_error(sqlite3.SQLITE_CORRUPT), FULL, False),
        (ValueError("a bug"), FULL, False),
        (sqlite_error(sqlite3.SQLITE_IOERR_WRITE), ROOMY, False),
        (sqlite_error(sqlite3.SQLITE_IOERR_WRITE), READ_ONLY, False),
    ],
)
def test_only_what_room_would_help_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, found: os.statvfs_result, *, is_told: bool
) -> None:
    """A lock, damage or a bug is not the disk's fault, and a disk with room is not to blame."""
    monkeypatch.setattr(os, "statvfs", lambda _: found)
    assert ("make room" in describe_failure(tmp_path / "a.db", error)) is is_told


def test_a_file_system_that_cannot_be_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error is told as it is."""

    def refuse(_: Path) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "statvfs", refuse)
    assert describe_failure(tmp_path / "a.db", sqlite_error(sqlite3.SQLITE_IOERR)) == "as SQLite says it"
