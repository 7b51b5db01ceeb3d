"""Backups, tried with real processes that write or are killed, and with disks that are full."""

import asyncio
import os
import signal
import stat
import sys
from pathlib import Path

import pytest

from bot.store import StoreUnavailable, migrate
from bot.store.databases import sqlite_copy
from bot.store.databases.sqlite_backup import CannotCopy, back_up
from tests.clocks import START
from tests.store.writing import DATED, PAGES, StartWriting, left_over, make_large, number_in

SOME_NUMBERS = 50


async def test_a_backup_while_a_process_writes(
    database: Path, start_writing: StartWriting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy is one moment of the database; the writer goes on during the copy and does not make it start over."""
    migrate(database)
    make_large(database)
    writing = await start_writing()
    before = await writing.next_number()
    steps = 0

    def count_steps(*_: int) -> None:
        nonlocal steps
        steps += 1

    monkeypatch.setattr(sqlite_copy, "PAGES_PER_STEP", 1)
    monkeypatch.setattr(sqlite_copy, "_notice_signals", count_steps)
    copy = await asyncio.to_thread(back_up, database, database.with_name("copy.db"), START)
    last = await writing.kill()
    assert before <= number_in(copy) < last
    assert PAGES < steps < 2 * PAGES


async def test_a_backup_after_a_crash_has_everything(database: Path, start_writing: StartWriting) -> None:
    """After kill -9 the newest rows are only in the `-wal` file; the backup has them, and both files stay."""
    writing = await start_writing()
    for _ in range(SOME_NUMBERS):
        await writing.next_number()
    last = await writing.kill()
    wal = database.with_name(f"{database.name}-wal")
    assert wal.stat().st_size > 0
    before = database.read_bytes(), wal.read_bytes()
    copy = back_up(database, database.with_name("copy.db"), START)
    assert number_in(copy) >= last
    assert (database.read_bytes(), wal.read_bytes()) == before


def test_a_backup_is_private_and_a_single_file(database: Path) -> None:
    """Nobody but its owner can read it, whatever the umask; in a folder it gets a dated name."""
    migrate(database)
    folder = database.with_name("backups")
    folder.mkdir()
    former = os.umask(0)
    try:
        copy = back_up(database, folder, START)
    finally:
        os.umask(former)
    assert left_over(folder) == [copy.name] == [f"scenario-{DATED}.db"]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert back_up(database, folder / "another.db", START).name == "another.db"


def test_a_backup_overwrites_nothing(database: Path) -> None:
    """A file that is there stays as it is."""
    migrate(database)
    there = database.with_name("there.db")
    there.write_text("something else")
    with pytest.raises(CannotCopy, match="is there already"):
        back_up(database, there, START)
    assert there.read_text() == "something else"


def test_an_interrupted_backup_leaves_nothing(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGINT in the middle: no file that looks like a backup, and none that does not."""
    migrate(database)
    make_large(database)
    before = left_over(database.parent)

    def interrupt(_status: int, remaining: int, total: int) -> None:
        if remaining < total / 2:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(sqlite_copy, "_notice_signals", interrupt)
    with pytest.raises(KeyboardInterrupt):
        back_up(database, database.with_name("copy.db"), START)
    assert left_over(database.parent) == before


async def test_a_backup_onto_a_full_disk(database: Path) -> None:
    """One sentence, exit status 2, and no file is left."""
    migrate(database)
    make_large(database)
    before = left_over(database.parent)
    process = await asyncio.create_subprocess_exec(
        *("bash", "-c", f"ulimit -f 100; exec {sys.executable} -m bot backup {database.parent}/copy.db"),
        env={"PATH": os.environ["PATH"], "HEYBUDDY_STORE__DATABASE": f"sqlite:///{database}"},
        stderr=asyncio.subprocess.PIPE,
    )
    _, output = await process.communicate()
    assert process.returncode == 2, output
    assert output.startswith(b"The database ")
    assert output.count(b"\n") == 1
    assert left_over(database.parent) == before


@pytest.mark.parametrize("destination", ["missing/copy.db", "scenario.db/copy.db", "/proc/copy.db"])
def test_a_backup_to_where_nothing_can_be_written(database: Path, destination: str) -> None:
    """One sentence says where."""
    migrate(database)
    with pytest.raises(StoreUnavailable, match="Nothing can be written to"):
        back_up(database, database.parent / destination, START)


def test_there_is_nothing_to_back_up(database: Path) -> None:
    """A missing database is not created."""
    with pytest.raises(CannotCopy, match="There is no database"):
        back_up(database, database.with_name("copy.db"), START)
    assert left_over(database.parent) == []
