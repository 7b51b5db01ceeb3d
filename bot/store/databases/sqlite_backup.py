"""`heybuddy backup`: a copy of the database for operators. `sqlite_restore` brings it back."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.file_faults import find_obstacle
from bot.store.database import CannotCopy, ForeignDatabase, NewerDatabase, OldDatabase, StoreUnavailable
from bot.store.databases.sqlite_connection import primary_code
from bot.store.databases.sqlite_copy import copy_database
from bot.store.databases.sqlite_migrate import require_companions, require_ours


@dataclass(frozen=True, kw_only=True, slots=True)
class Backup:
    """The `file` that was written. `has_new_indexes`: in the database itself, an index doesn't match its table."""

    file: Path
    has_new_indexes: bool


def back_up(database: Path, destination: Path, now: datetime) -> Backup:
    """Copy the database to `destination` while it may be in use; nothing changes beside the database.

    In a folder the copy gets a name with the date and time `now`. Raises CannotCopy for a `destination` that exists and
    a database that is not ours, and StoreUnavailable for one that is damaged, or has lost a companion while a process
    uses it, or a copy that cannot be written.
    """
    if destination.is_dir():
        destination /= f"{database.stem}-{dated(now)}{database.suffix}"
    if destination.exists():
        raise CannotCopy(f"{destination} already exists and was left as it is. Name another file, or a folder.")
    if obstacle := find_obstacle(database):
        raise CannotCopy(f"{obstacle}.")
    if not database.exists():
        raise CannotCopy(f"There's no database at {database}.")
    require_copyable(database)
    require_companions(database)
    return Backup(file=destination, has_new_indexes=copy_database(database, destination))


def require_copyable(file: Path) -> None:
    """Check that `file` is one of ours that this version knows. Raises CannotCopy, or StoreUnavailable if damaged."""
    try:
        require_ours(file)
    except NewerDatabase as error:
        raise CannotCopy(f"{file} was made by a newer version of Hey Buddy. Install that version first.") from error
    except OldDatabase as error:
        raise CannotCopy(f"{file} is from Hey Buddy 0.1.0 or before. This version can't use it.") from error
    except ForeignDatabase as error:
        raise CannotCopy(f"{file} isn't a database of Hey Buddy.") from error
    except StoreUnavailable as error:
        if error.__cause__ and primary_code(error.__cause__) == sqlite3.SQLITE_NOTADB:
            raise CannotCopy(f"{file} isn't an SQLite database. Correct the path.") from error
        raise


def dated(now: datetime) -> str:
    """The date and time `now` as a part of a file's name."""
    return f"{now:%Y%m%d-%H%M%S}"
