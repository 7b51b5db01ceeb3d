"""Whether the disk has room for a database; without it SQLite fails with words that do not say so."""

import errno
import os
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from bot.file_faults import describe_file_fault
from bot.store.databases.sqlite_connection import primary_code

MEGABYTE: Final = 1_000_000
NEEDED: Final = 16 * MEGABYTE
"""SQLite writes 4 MB into the -wal before it moves them into the database, and more while a backup reads."""
_CODES_WITHOUT_ROOM: Final = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN})
_SAID: Final[Mapping[int | None, str]] = MappingProxyType(
    {sqlite3.SQLITE_NOTADB: "it isn't an SQLite database; correct the path or, if that is right, restore a backup"}
)
"""In the place of SQLite's own words, by the kind of the error."""


def free_room(database: Path) -> os.statvfs_result | None:
    """What is free where `database` is, or would be; None without its folder. Raises OSError.

    None also of a file system that cannot be written, where room would not help.
    """
    folder = database.resolve().parent
    found = os.statvfs(folder) if folder.is_dir() else None
    return None if found and found.f_flag & os.ST_RDONLY else found


def describe_shortage(database: Path) -> str | None:
    """What the file system of `database` has too little of, and what to do; None if it has enough. Raises OSError."""
    found, folder = free_room(database), database.resolve().parent
    if found is None:
        return None
    if found.f_files and not found.f_favail:
        return f"no more files can be made in the file system of {folder}: delete some"
    free = found.f_bavail * found.f_frsize
    if free < NEEDED:
        return f"only {free // MEGABYTE} MB are free in {folder}, and SQLite needs {NEEDED // MEGABYTE}: make room"
    return None


def describe_failure(database: Path, error: Exception) -> str:
    """What `error` says, and whether the disk that `database` is on is full, if that may be the cause."""
    said = (
        describe_file_fault(error, database)
        if isinstance(error, OSError)
        else _SAID.get(primary_code(error), str(error))
    )
    shortage = _find_shortage(database) if _may_lack_room(error) else None
    return f"{said} ({shortage})" if shortage else said


def _may_lack_room(error: Exception) -> bool:
    if isinstance(error, OSError):
        return error.errno in {errno.ENOSPC, errno.EDQUOT}
    return primary_code(error) in _CODES_WITHOUT_ROOM


def _find_shortage(database: Path) -> str | None:
    try:
        return describe_shortage(database)
    except OSError:
        return None
