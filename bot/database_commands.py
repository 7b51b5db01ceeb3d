"""`heybuddy migrate`, `backup` and `restore`: each does its work and returns what it did, in a sentence or more.

Each raises StoreError or OSError if it could not do it.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from bot.store.databases.sqlite_backup import back_up
from bot.store.databases.sqlite_migrate import makes_new_database, migrate
from bot.store.databases.sqlite_restore import restore


def migrate_database(database: Path) -> str:
    """Bring the file `database` up to date, or make it."""
    applied = migrate(database)
    if makes_new_database(applied):
        return f"Made the new database {database}."
    return f"Migrations done: {_numbers(applied)}." if applied else f"{database} was up to date."


def back_up_database(database: Path, destination: Path, now: datetime) -> str:
    """Copy the file `database` to `destination`, a new file or a folder."""
    done = back_up(database, destination, now)
    repair = (
        " An index of the database does not fit its table; this copy was repaired. Stop the bot and run: "
        f"heybuddy restore {done.file}"
    )
    return f"Backed up to {done.file}.{repair if done.has_new_indexes else ''}"


def restore_database(database: Path, backup: Path, now: datetime) -> str:
    """Put a copy of the file `backup` in the place of `database`."""
    done = restore(database, backup, now)
    upgraded = f" Migrations done: {_numbers(done.migrations)}." if done.migrations else ""
    repaired = " An index did not fit its table; all were built anew." if done.has_new_indexes else ""
    kept = f" The former one is kept at {done.former}." if done.former else ""
    return f"Restored {database} from {backup}.{upgraded}{repaired}{kept}"


def _numbers(migrations: Sequence[int]) -> str:
    return ", ".join(map(str, migrations))
