"""What keeps this user from writing to the database is said with what helps."""

import os
import pwd
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.check.ownership import describe_write_fault

UNKNOWN_USER = 54_321


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "buddy.db"
    path.touch()
    return path


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch, database: Path) -> Path:
    """What this user may not write to."""
    monkeypatch.setattr(os, "access", lambda file, _: file != database)
    return database


def test_nothing_is_wrong(database: Path) -> None:
    """The file and its folder can be written."""
    assert describe_write_fault(database) is None


def test_a_file_of_our_own(refused: Path) -> None:
    """Its rights are ours to change."""
    assert describe_write_fault(refused) == f"this user can't write to {refused}: chmod u+w {refused}"


def test_a_file_of_another_user(monkeypatch: pytest.MonkeyPatch, refused: Path) -> None:
    """Its owner is named, and so is the user who could own it instead."""
    user = os.getuid() + UNKNOWN_USER
    monkeypatch.setattr(os, "geteuid", lambda: user)
    owner = pwd.getpwuid(os.getuid()).pw_name
    assert describe_write_fault(refused) == (
        f"this user can't write to {refused}: it belongs to {owner}; run heybuddy as that user, "
        f"or as root `chown {user} {refused}`"
    )


def test_a_folder(monkeypatch: pytest.MonkeyPatch, database: Path) -> None:
    """SQLite writes beside the file as well."""
    monkeypatch.setattr(os, "access", lambda file, _: file != database.parent)
    assert describe_write_fault(database) == f"this user can't write to {database.parent}: chmod u+w {database.parent}"


def test_a_read_only_file_system(monkeypatch: pytest.MonkeyPatch, refused: Path) -> None:
    """No owner helps."""
    monkeypatch.setattr(os, "statvfs", lambda _: SimpleNamespace(f_flag=os.ST_RDONLY))
    found = describe_write_fault(refused)
    assert found is not None
    assert found.endswith("its file system is read-only; mount it writable, or set store.database to another place")
