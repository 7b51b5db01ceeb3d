"""Backups, tried with real processes that write or are killed, and with disks that are full."""

import asyncio
import os
import shutil
import signal
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bot.store import Store, StoreUnavailable, migrate
from bot.store.database import CannotCopy
from bot.store.databases import sqlite_copy
from bot.store.databases.sqlite_backup import back_up
from bot.store.databases.sqlite_locks import ProcessLocks
from bot.store.databases.sqlite_restore import restore
from tests.clocks import START
from tests.store.writing import (
    DATED,
    PAGES,
    TWO_OF_A_COOKIE,
    WRONG_INDEXES,
    StartWriting,
    contents,
    left_over,
    make_index_wrong,
    make_large,
    members_in,
    number_in,
    set_number,
    without_write_rights,
)

pytestmark = pytest.mark.dose

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
        while steps == 1 and number_in(database) == before:  # until it has written during the copy
            pass

    monkeypatch.setattr(sqlite_copy, "PAGES_PER_STEP", 1)
    monkeypatch.setattr(sqlite_copy, "_notice_signals", count_steps)
    copy = (await asyncio.to_thread(back_up, database, database.with_name("copy.db"), START)).file
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
    copy = back_up(database, database.with_name("copy.db"), START).file
    assert number_in(copy) >= last
    assert (database.read_bytes(), wal.read_bytes()) == before


def killed(_: Path) -> None:
    """Everything is as the process left it, with both companions."""


def killed_without_its_index(database: Path) -> None:
    """What is in the `-wal` counts, although its index was left out when the files were moved to another machine."""
    database.with_name(f"{database.name}-shm").unlink()


def stopped(database: Path) -> None:
    """The last connection has written a number of its own and removed the companions."""
    set_number(database, 7)


def stopped_beside_an_empty_log(database: Path) -> None:
    """A `-wal` without a byte, such as a program leaves that copies files by itself."""
    stopped(database)
    database.with_name(f"{database.name}-wal").touch()


def stopped_beside_an_old_index(database: Path) -> None:
    """A `-shm` without its `-wal` says nothing."""
    stopped(database)
    database.with_name(f"{database.name}-shm").write_bytes(b"old")


def restored(database: Path) -> None:
    """Nothing has opened it yet."""
    restore(database, back_up(database, database.with_name("backup.db"), START).file, START)


AT_SEVEN = (stopped, stopped_beside_an_old_index, stopped_beside_an_empty_log)
STATES = (killed, killed_without_its_index, *AT_SEVEN, restored)


@pytest.mark.parametrize("linked", [False, True])
@pytest.mark.parametrize("left", STATES)
async def test_a_backup_leaves_the_folder_as_it_was(
    database: Path, start_writing: StartWriting, left: Callable[[Path], None], linked: bool
) -> None:
    """No companion comes or goes, and nothing changes, also where the settings name a link to the database."""
    last = await count_and_kill(start_writing, left, database)
    before = contents(database.parent)
    folder = database.with_name("elsewhere")
    folder.mkdir()
    named = folder / "link.db" if linked else database
    if linked:
        named.symlink_to(database)
    copy = back_up(named, folder / "copy.db", START).file
    assert number_in(copy) >= last
    shutil.rmtree(folder)
    assert contents(database.parent) == before


@pytest.mark.parametrize("left", STATES)
async def test_a_backup_from_where_nothing_can_be_written(
    database: Path, start_writing: StartWriting, left: Callable[[Path], None]
) -> None:
    """A read-only mount, or another user's folder: all data is in the backup."""
    last = await count_and_kill(start_writing, left, database)
    database.parent.parent.chmod(0o711)
    before = contents(database.parent)
    with TemporaryDirectory(dir=database.parent.parent) as folder:
        Path(folder).chmod(0o777)
        with without_write_rights(database.parent):
            copy = back_up(database, Path(folder), START).file
        assert number_in(copy) >= last
    assert contents(database.parent) == before


async def count_and_kill(start: StartWriting, left: Callable[[Path], None], database: Path) -> int:
    """Kill a process that counts, and bring the database into the state `left`. Returns a number that is in it."""
    writing = await start()
    for _ in range(SOME_NUMBERS):
        await writing.next_number()
    last = await writing.kill()
    left(database)
    return 7 if left in AT_SEVEN else last


async def test_a_process_that_starts_during_a_backup(
    database: Path, start_writing: StartWriting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read from the resting file may be mixed with what the process writes, so it is copied again."""
    migrate(database)
    make_large(database)
    numbers: list[int] = []
    loop = asyncio.get_running_loop()

    async def start_and_write() -> None:
        writing = await start_writing()
        numbers.append(await writing.next_number())

    def start_once(*_: int) -> None:
        if not numbers:
            asyncio.run_coroutine_threadsafe(start_and_write(), loop).result(30)

    monkeypatch.setattr(sqlite_copy, "_notice_signals", start_once)
    copy = (await asyncio.to_thread(back_up, database, database.with_name("copy.db"), START)).file
    assert number_in(copy) >= numbers[0]


@pytest.mark.parametrize(("index", "change"), WRONG_INDEXES)
def test_a_wrong_index_is_right_in_the_backup(database: Path, index: str, change: str) -> None:
    """Only the tables count; the database itself stays as it is, and whoever asked is told."""
    migrate(database)
    make_index_wrong(database, index, change)
    before = database.read_bytes()
    done = back_up(database, database.with_name("copy.db"), START)
    assert done.has_new_indexes
    assert members_in(done.file) == members_in(database)
    assert database.read_bytes() == before


def test_an_index_that_was_to_prevent_what_happened(database: Path) -> None:
    """Two rows that must not be there together cannot be mended by building the index anew."""
    migrate(database)
    make_index_wrong(database, "one_session_per_cookie", TWO_OF_A_COOKIE)
    before = contents(database.parent)
    with pytest.raises(StoreUnavailable, match=r"is damaged: .* Restore an older backup\."):
        back_up(database, database.with_name("copy.db"), START)
    assert contents(database.parent) == before


def test_a_backup_is_private_and_a_single_file(database: Path) -> None:
    """Nobody but its owner can read it, whatever the umask; in a folder it gets a dated name."""
    migrate(database)
    folder = database.with_name("backups")
    folder.mkdir()
    former = os.umask(0)
    try:
        copy = back_up(database, folder, START).file
    finally:
        os.umask(former)
    assert left_over(folder) == [copy.name] == [f"scenario-{DATED}.db"]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert back_up(database, folder / "another.db", START).file.name == "another.db"


def test_a_backup_overwrites_nothing(database: Path) -> None:
    """A file that is there stays as it is."""
    migrate(database)
    there = database.with_name("there.db")
    there.write_text("something else")
    with pytest.raises(CannotCopy, match="already exists"):
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
    with pytest.raises(CannotCopy, match="There's no database"):
        back_up(database, database.with_name("copy.db"), START)
    assert left_over(database.parent) == []


@pytest.mark.parametrize("ending", ["-wal", "-shm"])
async def test_no_backup_without_the_newest_changes(store: Store, database: Path, ending: str) -> None:
    """A companion is gone while a process runs: the copy would lack them. Once that has stopped, all is there."""
    locks = ProcessLocks(database)
    assert locks.try_lock("matchmaker", "x")
    await store.installation.set("number", "5")
    database.with_name(database.name + ending).unlink()
    with pytest.raises(StoreUnavailable, match="Restart Hey Buddy without killing it"):
        back_up(database, database.with_name("copy.db"), START)
    assert not database.with_name("copy.db").exists()
    await store.database.close()
    locks.unlock_all()
    assert number_in(back_up(database, database.with_name("copy.db"), START).file) == 5
