"""Damage of a SQLite file: SQLite's own check over a connection of its own, which delays no writer."""

import sqlite3
from pathlib import Path
from typing import Final

from bot.store.databases.sqlite_connection import primary_code
from bot.store.databases.sqlite_read_only import read_file

_UNDAMAGED: Final = "ok"
_DAMAGE_CODES: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def is_damage(error: BaseException) -> bool:
    """Whether `error` is SQLite's complaint about the content of the file."""
    return primary_code(error) in _DAMAGE_CODES


async def find_damage(path: Path) -> str | None:
    """The first damage that `quick_check` finds in the file at `path`, or None. Takes a second per 100 MB or so.

    Runs in a thread; when the caller is cancelled the check ends soon after. Raises sqlite3.Error if the file cannot
    be read at the moment.
    """
    return await read_file(path, _quick_check)


async def find_any_damage(path: Path) -> str | None:
    """As `find_damage`, and compares indexes with their tables as well. Takes more than twice as long."""
    return await read_file(path, integrity_check)


def _quick_check(connection: sqlite3.Connection) -> str | None:
    return _first_finding(connection, "PRAGMA quick_check(1)")


def integrity_check(connection: sqlite3.Connection) -> str | None:
    """The first damage of any kind, an index that does not fit its table included, or None. Raises sqlite3.Error."""
    return _first_finding(connection, "PRAGMA integrity_check(1)")


def _first_finding(connection: sqlite3.Connection, pragma: str) -> str | None:
    try:
        finding: str = connection.execute(pragma).fetchone()[0]
    except sqlite3.Error as error:
        if is_damage(error):
            return str(error)
        raise
    return None if finding == _UNDAMAGED else finding
