"""Only their owner can read the database, its companions and our copies, whatever the umask."""

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.store import migrate
from bot.store.databases import sqlite_files, sqlite_migrate
from tests.store.opening import open_store


@pytest.fixture(autouse=True, params=[0, 0o022, 0o277], ids=["umask 000", "umask 022", "umask 277"])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    """The process's umask during a test."""
    former = os.umask(request.param)
    yield
    os.umask(former)


def rights(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


async def test_new_files_are_private(database: Path) -> None:
    """The database and, while it is open, its companions."""
    async with open_store(f"sqlite:///{database}") as store:
        await store.installation.set("name", "value")
        open_files = rights(database.parent)
    assert open_files == dict.fromkeys(["scenario.db", "scenario.db-wal", "scenario.db-shm"], 0o600)
    assert rights(database.parent) == {"scenario.db": 0o600}


async def test_existing_files_become_private(database: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Opening the store takes the rights of others away and says so once; files that are not ours keep theirs."""
    async with open_store(f"sqlite:///{database}"):
        kept = [
            f"scenario.db{ending}"
            for ending in (".before-0004", ".replaced-20260302", ".replaced-20260302-wal", ".copy")
        ]
        for name in (*kept, "other.db", "scenario.db2"):
            database.with_name(name).touch()
        for path in database.parent.iterdir():
            path.chmod(0o644)
        with caplog.at_level(logging.INFO):
            async with open_store(f"sqlite:///{database}"):
                found = rights(database.parent)
    private = ["scenario.db", "scenario.db-wal", "scenario.db-shm", *kept]
    assert found == dict.fromkeys(private, 0o600) | {"other.db": 0o644, "scenario.db2": 0o644}
    told = [record.args for record in caplog.records if record.name == sqlite_files.__name__]
    assert sorted(map(str, told)) == sorted(str((database.with_name(name),)) for name in private)


def test_the_copy_before_an_upgrade_is_private(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has the same data."""
    migrate(database)
    longer = [*sqlite_migrate.migrations(), (9999, "CREATE TABLE later (id INTEGER) STRICT;")]
    monkeypatch.setattr(sqlite_migrate, "migrations", lambda: longer)
    migrate(database)
    assert rights(database.parent) == {"scenario.db": 0o600, "scenario.db.before-9999": 0o600}


def test_rights_that_cannot_be_changed_are_told(
    database: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The bot runs nevertheless: somebody else may own the file."""
    migrate(database)
    database.chmod(0o644)

    def refuse(_: Path, mode: int) -> None:
        raise PermissionError(mode, "Operation not permitted")

    monkeypatch.setattr(Path, "chmod", refuse)
    assert list(migrate(database)) == []
    assert "others on this machine can read" in caplog.text


def test_a_file_in_use_is_not_opened(database: Path) -> None:
    """Closing it would release the locks that SQLite has on it in this process."""
    database.write_bytes(b"in use")
    database.chmod(0o644)
    sqlite_files.create_private_file(database)
    assert (database.read_bytes(), rights(database.parent)) == (b"in use", {"scenario.db": 0o644})


def test_a_companion_that_is_gone_again(database: Path) -> None:
    """SQLite removes companions at any moment: between listing and reading them nothing fails."""
    gone = database.with_name(f"{database.name}-journal")
    assert (sqlite_files.is_private(gone), sqlite_files.file_size(gone)) == (True, 0)
