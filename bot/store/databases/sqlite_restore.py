"""`heybuddy restore`: puts a copy of a backup in the place of the database, while nobody uses that."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from bot.file_faults import describe_file_fault, find_obstacle, find_place_fault
from bot.store.database import CannotCopy
from bot.store.databases.sqlite_backup import dated, require_copyable
from bot.store.databases.sqlite_copy import copy_database
from bot.store.databases.sqlite_files import database_files, sync_folder
from bot.store.databases.sqlite_locks import held_locks
from bot.store.databases.sqlite_migrate import migrate_copy, restoring_file
from bot.store.databases.table_copy import still_used

LOCK_BYTES: Final = (0x40000000, 512)
"""Where SQLite locks a file: first byte and count. Every open connection in WAL mode has a shared lock there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Restored:
    """What a restore did: the `migrations` that the file needed, and the former database, None if there was none.

    `has_new_indexes`: an index didn't match its table, so all were rebuilt.
    """

    migrations: tuple[int, ...]
    former: Path | None
    has_new_indexes: bool


def restore(database: Path, file: Path, now: datetime) -> Restored:
    """Put a copy of `file` in the place of the database; `file` stays.

    The former database stays beside it as `NAME.replaced-DATE`, with its companions. Nothing changes if this raises
    CannotCopy because a process uses the database or `file` is not ours, or StoreUnavailable because it is damaged.
    """
    former, restoring = database.with_name(f"{database.name}.replaced-{dated(now)}"), restoring_file(database)
    if file.is_dir():
        raise CannotCopy(f"{file} is a folder. Name the file in it that is to be restored.")
    if obstacle := find_obstacle(file) or find_place_fault(database):
        raise CannotCopy(f"{obstacle}.")
    if not file.exists():
        raise CannotCopy(f"There's no file {file}.")
    if database.exists() and database.samefile(file):
        raise CannotCopy(f"{file} is the database itself.")
    if former.exists():
        raise CannotCopy(f"{former} already exists. Try again in a second.")
    require_copyable(file)
    with _nobody_uses(database):
        had_one = database.exists()
        has_new_indexes, applied = _prepare(file, restoring, database)
        if database.exists() and not had_one:  # before `restoring` was there, a process may have made a new one
            restoring.unlink()
            raise still_used(database)
        try:
            _exchange(database, restoring, former)
        except OSError as error:
            raise CannotCopy(f"The files beside {database} can't be renamed: {error.strerror}.") from error
    return Restored(migrations=tuple(applied), former=former if had_one else None, has_new_indexes=has_new_indexes)


def _prepare(file: Path, restoring: Path, database: Path) -> tuple[bool, Sequence[int]]:
    """Make `restoring` a copy of `file` with the newest schema and the database's owner.

    Returns whether its indexes were built anew, and the migrations.
    """
    try:
        has_new_indexes = copy_database(file, restoring)
        applied = migrate_copy(restoring)
        if database.exists():
            os.chown(restoring, database.stat().st_uid, -1)
    except PermissionError as error:
        restoring.unlink(missing_ok=True)
        raise CannotCopy(f"{database} belongs to another user. Restore it as that user, or as root.") from error
    except BaseException:
        restoring.unlink(missing_ok=True)
        raise
    return has_new_indexes, applied


def _exchange(database: Path, restoring: Path, former: Path) -> None:
    """Put `restoring` in the place of the database, which is kept as `former`.

    The database never lies beside the companions of another one. Until the last step the complete file `restoring` is
    there and the database is not: `migrate` then refuses to make a new one.
    """
    for file in list(database_files(database)):
        file.rename(former.with_name(former.name + file.name.removeprefix(database.name)))
    restoring.rename(database)
    sync_folder(database.parent)


@contextmanager
def _nobody_uses(database: Path) -> Iterator[None]:
    """Keep every process from using the database meanwhile. Raises CannotCopy if one has it open.

    SQLite itself cannot be asked: the file may be damaged, or moved away from under a process, which then still holds
    the locks of its loops here.
    """
    if held_locks(database):
        raise still_used(database)
    if not database.exists():
        yield
        return
    first, count = LOCK_BYTES
    try:
        opened = database.open("r+b")
    except OSError as error:
        raise CannotCopy(f"{describe_file_fault(error, database)}.") from error
    with opened:
        try:
            fcntl.lockf(opened, fcntl.LOCK_EX | fcntl.LOCK_NB, count, first, os.SEEK_SET)
        except OSError as error:
            raise still_used(database) from error
        yield
