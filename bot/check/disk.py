"""Whether the disk has room for the database."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bot.check.finding import Finding, found_fault, found_note
from bot.store.databases.sqlite_files import file_size

SUBJECT: Final = "disk"
MEGABYTE: Final = 1_000_000
NEEDED: Final = 16 * MEGABYTE
"""SQLite writes 4 MB into the -wal before it moves them into the database, and more while a backup reads."""
SPARE: Final = 200 * MEGABYTE
"""Besides a copy of the database, which an update makes: for the log, and for what members do until somebody looks."""


def check_disk(database: Path) -> Sequence[Finding]:
    """Look at the file system that `database` is on, or would be, if its folder is there. Raises OSError.

    Nothing is found if there is enough room.
    """
    folder = database.absolute().parent
    if not folder.is_dir():
        return []
    found = os.statvfs(folder)
    free = found.f_bavail * found.f_frsize
    size = file_size(database)
    if found.f_flag & os.ST_RDONLY:
        return []  # that nothing can be written is said of the database itself, and room would not help
    if found.f_files and not found.f_favail:
        return [found_fault(SUBJECT, f"no more files can be made in the file system of {folder}: delete some")]
    if free < NEEDED:
        message = f"only {free // MEGABYTE} MB are free in {folder}, and SQLite needs {NEEDED // MEGABYTE}: make room"
        return [found_fault(SUBJECT, f"{message}, or nobody can be matched")]
    if free < size + SPARE:
        wanted = (size + SPARE) // MEGABYTE
        message = f"{free // MEGABYTE} MB are free in {folder}; make it {wanted}: an update copies the database"
        return [found_note(SUBJECT, message)]
    return []
