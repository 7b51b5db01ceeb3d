"""Copies a SQLite database by SQLite's backup API: one moment of it, checked, private, and there completely or not.

The copy may be taken while other processes write, and after a crash: it includes what is still in the `-wal` file.
"""

import os
import sqlite3
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from tempfile import mkstemp
from typing import Final

from bot.file_faults import describe_file_fault
from bot.file_rights import OWNER_ONLY
from bot.store.database import StoreUnavailable
from bot.store.databases.sqlite_damage import integrity_check, is_damage
from bot.store.databases.sqlite_disk import describe_failure
from bot.store.databases.sqlite_files import database_files, sync_folder
from bot.store.databases.sqlite_read_only import read_undisturbed

PAGES_PER_STEP: Final = 256
"""A signal is noticed between two steps."""


def copy_database(source: Path, destination: Path) -> bool:
    """Copy the database `source` to the file `destination`, replacing any former one; `source` is only read.

    Returns whether an index of `source` does not fit its table; in the copy all are built anew then.

    Raises StoreUnavailable if `source` cannot be read or is damaged otherwise, or `destination` cannot be written;
    then, as after any other exception, `destination` is as it was.
    """
    try:
        descriptor, name = mkstemp(prefix=f"{destination.name}.", suffix=".unfinished", dir=destination.parent)
    except OSError as error:
        fault = describe_file_fault(error, destination)
        raise StoreUnavailable(f"Nothing can be written to {destination.parent}: {fault}.") from error
    os.fchmod(descriptor, OWNER_ONLY)  # whatever the umask
    os.close(descriptor)
    unfinished = Path(name)
    try:
        read_undisturbed(source, partial(_copy, destination=unfinished))
        has_new_indexes = _make_sound(unfinished, source)
        unfinished.replace(destination)
        sync_folder(destination.parent)
    except (sqlite3.Error, OSError) as error:
        failure = describe_failure(destination, error)
        raise StoreUnavailable(f"The database {source} can't be copied to {destination}: {failure}.") from error
    finally:
        for file in database_files(unfinished):
            with suppress(OSError):
                file.unlink()
    return has_new_indexes


def _copy(original: sqlite3.Connection, destination: Path) -> None:
    with closing(sqlite3.connect(destination, isolation_level=None)) as copy:
        # One transaction for all steps: without it, the copy would start over whenever another process has written.
        original.execute("BEGIN")
        original.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        original.backup(copy, pages=PAGES_PER_STEP, progress=_notice_signals)
        copy.execute("PRAGMA journal_mode = DELETE")  # a single file without companions


def _notice_signals(*_: int) -> None:
    """Called between two steps: Python handles signals when a function of its own runs."""


def _make_sound(copy: Path, source: Path) -> bool:
    """Check the copy, and build its indexes anew if that is what it takes. Returns whether it was."""
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        damage = integrity_check(connection)
        if damage is None:
            return False
        try:
            connection.execute("REINDEX")
        except sqlite3.DatabaseError as error:
            if not is_damage(error) and not isinstance(error, sqlite3.IntegrityError):
                raise
        else:
            if integrity_check(connection) is None:
                return True
    raise StoreUnavailable(f"The database {source} is damaged: {damage}. Restore an older backup.")
