"""Copies a SQLite database by SQLite's backup API: one moment of it, checked, private, and there completely or not.

The copy may be taken while other processes write, and after a crash: it includes what is still in the `-wal` file.
"""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from tempfile import mkstemp
from typing import Final

from bot.file_rights import OWNER_ONLY
from bot.store.database import StoreUnavailable
from bot.store.databases.sqlite_connection import BUSY_TIMEOUT
from bot.store.databases.sqlite_files import database_files, sync_folder

PAGES_PER_STEP: Final = 256
"""A signal is noticed between two steps."""


def copy_database(source: Path, destination: Path, *, at_rest: bool = False) -> None:
    """Copy the database `source` to the file `destination`, replacing any former one; `source` is only read.

    `at_rest` as in `open_read_only`.

    Raises StoreUnavailable if `source` cannot be read or is damaged, or `destination` cannot be written; then, as after
    any other exception, `destination` is as it was.
    """
    try:
        descriptor, name = mkstemp(prefix=f"{destination.name}.", suffix=".unfinished", dir=destination.parent)
    except OSError as error:
        raise StoreUnavailable(f"Nothing can be written to {destination.parent}: {error.strerror}.") from error
    os.fchmod(descriptor, OWNER_ONLY)  # whatever the umask
    os.close(descriptor)
    unfinished = Path(name)
    try:
        _copy(source, unfinished, at_rest=at_rest)
        unfinished.replace(destination)
        sync_folder(destination.parent)
    except (sqlite3.Error, OSError) as error:
        raise StoreUnavailable(f"The database {source} cannot be copied to {destination}: {error}.") from error
    finally:
        for file in database_files(unfinished):
            with suppress(OSError):
                file.unlink()


def open_read_only(path: Path, *, at_rest: bool = False) -> sqlite3.Connection:
    """A connection for any one thread at a time that cannot change or create the file at `path`. Raises sqlite3.Error.

    `at_rest` says that no process uses the file, as is true of a backup. If it also has no companions, SQLite makes
    none beside it, which it may not even be allowed to.
    """
    alone = at_rest and [*database_files(path)] == [path]
    options = "mode=ro&immutable=1" if alone else "mode=ro"
    uri = f"{path.absolute().as_uri()}?{options}"
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_TIMEOUT, check_same_thread=False)


def _copy(source: Path, destination: Path, *, at_rest: bool) -> None:
    with (
        closing(open_read_only(source, at_rest=at_rest)) as original,
        closing(sqlite3.connect(destination, isolation_level=None)) as copy,
    ):
        # One transaction for all steps: without it, the copy would start over whenever another process has written.
        original.execute("BEGIN")
        original.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        original.backup(copy, pages=PAGES_PER_STEP, progress=_notice_signals)
        copy.execute("PRAGMA journal_mode = DELETE")  # a single file without companions
        [(result,)] = copy.execute("PRAGMA quick_check(1)")
    if result != "ok":
        raise StoreUnavailable(f"The database {source} is damaged: {result}.")


def _notice_signals(*_: int) -> None:
    """Called between two steps: Python handles signals when a function of its own runs."""
