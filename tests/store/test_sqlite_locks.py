"""Locks beside a SQLite file: exclusive between holders, freed with their owner, readable by nobody else."""

import stat
from pathlib import Path

import pytest

from bot.store.databases.sqlite_locks import ProcessLocks, held_locks


def test_one_holder_has_a_lock(tmp_path: Path) -> None:
    """Also within one process; taking it again keeps it, and other names are free."""
    ours, theirs = ProcessLocks(tmp_path / "a.db"), ProcessLocks(tmp_path / "a.db")
    assert ours.try_lock("loop", "x")
    assert ours.try_lock("loop", "x")
    assert not ours.try_lock("loop", "y")
    assert not theirs.try_lock("loop", "x")
    assert theirs.try_lock("other", "x")
    ours.unlock("loop", "y")
    assert not theirs.try_lock("loop", "x")
    ours.unlock("loop", "x")
    assert theirs.try_lock("loop", "x")
    theirs.unlock_all()
    assert ours.try_lock("loop", "x")
    assert ours.try_lock("other", "y")
    ours.unlock_all()


def test_a_link_to_the_database_has_the_same_locks(tmp_path: Path) -> None:
    """Two processes may know one file by two names."""
    (tmp_path / "link.db").symlink_to(tmp_path / "a.db")
    ours, theirs = ProcessLocks(tmp_path / "a.db"), ProcessLocks(tmp_path / "link.db")
    assert ours.try_lock("loop", "x")
    assert not theirs.try_lock("loop", "y")
    ours.unlock_all()


def test_only_the_owner_can_read_a_lock_file(tmp_path: Path) -> None:
    """Its name says which database and which lock it belongs to."""
    locks = ProcessLocks(tmp_path / "a.db")
    assert locks.try_lock("loop", "x")
    assert stat.S_IMODE((tmp_path / "a.db-loop.lock").stat().st_mode) == 0o600
    locks.unlock_all()


def test_no_lock_can_be_had_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """That is no error: nobody holds the lock."""
    assert not ProcessLocks(tmp_path / "none" / "a.db").try_lock("loop", "x")


def test_held_locks_prove_that_a_process_lives(tmp_path: Path) -> None:
    """Each is named, under any name of the database, which need not exist; looking makes and takes nothing."""
    (tmp_path / "link.db").symlink_to(tmp_path / "a.db")
    assert held_locks(tmp_path / "a.db") == set()
    ours, other = ProcessLocks(tmp_path / "a.db"), ProcessLocks(tmp_path / "a.db-copy.db")
    assert ours.try_lock("matchmaker", "x")
    assert ours.try_lock("rooms", "x")
    assert other.try_lock("janitor", "x")
    ours.unlock("rooms", "x")
    before = sorted(tmp_path.iterdir())
    assert held_locks(tmp_path / "a.db") == held_locks(tmp_path / "link.db") == {"matchmaker"}
    assert sorted(tmp_path.iterdir()) == before
    assert ours.try_lock("rooms", "x")
    ours.unlock_all()
    assert held_locks(tmp_path / "a.db") == set()
    other.unlock_all()


def test_a_folder_that_is_not_there_has_no_locks(tmp_path: Path) -> None:
    """Nobody uses a database in it."""
    assert held_locks(tmp_path / "none" / "a.db") == set()


@pytest.mark.parametrize("moved", [True, False])
def test_a_lock_whose_file_was_moved_or_deleted_is_taken_again(tmp_path: Path, *, moved: bool) -> None:
    """Whoever moves the database by `mv NAME*` takes the locks along, and still the process is seen to live."""
    ours, file = ProcessLocks(tmp_path / "a.db"), tmp_path / "a.db-loop.lock"
    assert ours.try_lock("loop", "x")
    if moved:
        file.rename(tmp_path / "moved.lock")
    else:
        file.unlink()
    assert held_locks(tmp_path / "a.db") == set()
    assert ours.try_lock("loop", "x")
    assert held_locks(tmp_path / "a.db") == {"loop"}
    ours.unlock_all()
    assert held_locks(tmp_path / "a.db") == set()


def test_a_lock_that_another_took_meanwhile_is_lost(tmp_path: Path) -> None:
    """Its file was moved, and another process made a new one."""
    ours, theirs = ProcessLocks(tmp_path / "a.db"), ProcessLocks(tmp_path / "a.db")
    assert ours.try_lock("loop", "x")
    (tmp_path / "a.db-loop.lock").unlink()
    assert theirs.try_lock("loop", "y")
    assert not ours.try_lock("loop", "x")
    theirs.unlock_all()
    assert ours.try_lock("loop", "x")
    ours.unlock_all()
