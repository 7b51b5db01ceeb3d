"""A disk on which the database cannot grow is found before SQLite finds it."""

import os
from pathlib import Path

import pytest

from bot.check.disk import check_disk
from bot.check.finding import Finding
from bot.store.databases.sqlite_disk import MEGABYTE

BLOCK = 4096


def file_system(*, free_mb: float, read_only: bool = False, free_files: int = 1000, all_files: int = 5000) -> object:
    """What the system tells of one: blocks of 4 kB, of which the last few are for root alone."""
    blocks = int(free_mb * MEGABYTE / BLOCK)
    flag = os.ST_RDONLY if read_only else 0
    return os.statvfs_result(
        (BLOCK, BLOCK, 10**9, blocks + 10**6, blocks, all_files, free_files, free_files, flag, 255)
    )


def look(database: Path, found: object, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Mark and sentence of what is found with this database there."""
    monkeypatch.setattr(os, "statvfs", lambda _: found)
    return [(mark(finding), finding.message) for finding in check_disk(database)]


def mark(finding: Finding) -> str:
    return "note" if finding.is_note else "fault"


@pytest.mark.parametrize(
    ("found", "kind", "said"),
    [
        (file_system(free_mb=0), "fault", "only 0 MB are free in {}, and SQLite needs 16"),
        (file_system(free_mb=15.9), "fault", "only 15 MB are free in {}"),
        (file_system(free_mb=16.1), "note", "16 MB are free in {}; make it 250"),
        (file_system(free_mb=249.9), "note", "249 MB are free in {}; make it 250"),
        (file_system(free_mb=251), None, ""),
        (file_system(free_mb=251, free_files=0), "fault", "no more files can be made in the file system of {}"),
        (file_system(free_mb=251, free_files=0, all_files=0), None, ""),  # such as btrfs, which does not count files
        (file_system(free_mb=0, read_only=True), None, ""),  # which no room would change
    ],
)
def test_a_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: object, kind: str | None, said: str) -> None:
    """What SQLite needs is a fault if it is missing; what an update of 50 MB needs besides is a note."""
    database = tmp_path / "a.db"
    with database.open("wb") as file:
        file.truncate(50 * MEGABYTE)
    findings = look(database, found, monkeypatch)
    assert [each for each, _ in findings] == ([kind] if kind else [])
    assert all(said.format(tmp_path) in message for _, message in findings)


def test_a_disk_for_a_database_that_is_not_made_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The room is there before the first start, or is not."""
    assert look(tmp_path / "a.db", file_system(free_mb=201), monkeypatch) == []
    assert [each for each, _ in look(tmp_path / "a.db", file_system(free_mb=199), monkeypatch)] == ["note"]
    assert [each for each, _ in look(tmp_path / "a.db", file_system(free_mb=1), monkeypatch)] == ["fault"]


def test_a_real_disk(tmp_path: Path) -> None:
    """Whatever is free on this machine, it is looked at where the database is, by a relative path, too."""
    assert [finding.subject for finding in check_disk(Path("a.db"))] in ([], ["disk"])
    assert check_disk(tmp_path / "none" / "a.db") == []
