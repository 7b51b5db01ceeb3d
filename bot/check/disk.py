"""Whether the disk has room for the database."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bot.check.finding import Finding, found_fault, found_note
from bot.store.databases.sqlite_disk import MEGABYTE, describe_shortage, free_room
from bot.store.databases.sqlite_files import file_size

SUBJECT: Final = "disk"
SPARE: Final = 200 * MEGABYTE
"""Besides a copy of the database, which an update makes: for the log, and for what members do until somebody looks."""


def check_disk(database: Path) -> Sequence[Finding]:
    """Look at the file system that `database` is on, or would be, if its folder is there. Raises OSError.

    Nothing is found if there is enough room.
    """
    if shortage := describe_shortage(database):
        return [found_fault(SUBJECT, f"{shortage}, or nobody can be matched")]
    found, wanted = free_room(database), file_size(database) + SPARE
    if found is None or (free := found.f_bavail * found.f_frsize) >= wanted:
        return []
    folder = database.resolve().parent
    message = f"{free // MEGABYTE} MB are free in {folder}; make it {wanted // MEGABYTE}: an update copies the database"
    return [found_note(SUBJECT, message)]
