"""Damage of a SQLite file: SQLite's own check over a connection of its own, which delays no writer."""

import sqlite3
from pathlib import Path
from typing import Final

from bot.store.databases.sqlite_read_only import read_file

_UNDAMAGED: Final = "ok"
_DAMAGE_CODES: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_PRIMARY_CODE: Final = 0xFF  # the rest of an error code is about details


def file_identity(path: Path) -> tuple[int, int] | None:
    """What tells the file at `path` from any other that had or gets this name; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def is_damage(error: BaseException) -> bool:
    """Whether `error` is SQLite's complaint about the content of the file."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & _PRIMARY_CODE in _DAMAGE_CODES


async def find_damage(path: Path) -> str | None:
    """The first damage that `PRAGMA quick_check` finds in the file at `path`, or None. Takes a second per 100 MB or so.

    Runs in a thread; when the caller is cancelled the check ends soon after. Raises sqlite3.Error if the file cannot
    be read at the moment.
    """
    return await read_file(path, _quick_check)


def _quick_check(connection: sqlite3.Connection) -> str | None:
    try:
        finding: str = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        if is_damage(error):
            return str(error)
        raise
    return None if finding == _UNDAMAGED else finding
