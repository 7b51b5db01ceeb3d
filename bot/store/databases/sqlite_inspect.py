"""What a SQLite file holds, for whoever must not change it: `heybuddy check`."""

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from bot.file_faults import find_obstacle
from bot.store import queries
from bot.store.database import ForeignDatabase, Row, StoreError, StoreUnavailable
from bot.store.databases import sqlite_damage
from bot.store.databases.inspection import Inspection
from bot.store.databases.sqlite_connection import primary_code
from bot.store.databases.sqlite_disk import describe_failure
from bot.store.databases.sqlite_locks import held_locks
from bot.store.databases.sqlite_migrate import migrations, read_version
from bot.store.databases.sqlite_read_only import read_file, read_undisturbed


async def inspect_file(path: Path) -> Inspection:
    """Read the schema's version, the leases, and what the running processes say of themselves.

    Raises StoreUnavailable if the file cannot be read, and NewerDatabase, OldDatabase and ForeignDatabase.
    """
    try:
        return await read_file(path, _inspect)
    except sqlite3.Error as error:
        raise _unreadable(path, error) from error


def may_be_ours(path: Path) -> bool:
    """Whether the file at `path` is ours or, if it is missing, damaged or cannot be read now, might be."""
    if find_obstacle(path):
        return False
    try:
        if path.exists():
            read_undisturbed(path, read_version)
    except ForeignDatabase:
        return False
    except (StoreError, sqlite3.Error):
        return True
    return True


async def find_damage(path: Path) -> str | None:
    """The first damage of tables and pages in the file, or None; see `sqlite_damage`. Raises StoreUnavailable."""
    return await _find(sqlite_damage.find_damage, path)


async def find_any_damage(path: Path) -> str | None:
    """The first damage in the file, an index that does not fit its table included, or None. Raises StoreUnavailable."""
    return await _find(sqlite_damage.find_any_damage, path)


async def _find(find: Callable[[Path], Awaitable[str | None]], path: Path) -> str | None:
    try:
        return await find(path)
    except sqlite3.Error as error:
        raise _unreadable(path, error) from error


async def read_installation_value(path: Path, name: str) -> str | None:
    """A value of this installation, or None. Raises StoreUnavailable."""

    def read(connection: sqlite3.Connection) -> str | None:
        row = connection.execute("SELECT value FROM installation WHERE name = ?", [name]).fetchone()
        return row["value"] if row else None

    try:
        return await read_file(path, read)
    except sqlite3.Error as error:
        raise _unreadable(path, error) from error


class SqliteInspector:
    """The file at `path` as `heybuddy check` reads it; see `Inspector`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    async def inspect(self) -> Inspection:
        """Read the version and what processes write; see `Inspector.inspect`."""
        return await inspect_file(self.path)

    async def read(self, query: str, **values: str | int) -> Sequence[Row]:
        """The rows of a named query; see `Inspector.read`."""

        def fetch(connection: sqlite3.Connection) -> Sequence[Row]:
            is_current = read_version(connection) == migrations()[-1][0]
            return connection.execute(queries.load()[query], values).fetchall() if is_current else ()

        try:
            return await read_file(self.path, fetch)
        except sqlite3.Error as error:
            raise _unreadable(self.path, error) from error

    async def read_installation_value(self, name: str) -> str | None:
        """A value of this installation, or None; see `Inspector.read_installation_value`."""
        return await read_installation_value(self.path, name)

    def held_locks(self) -> frozenset[str]:
        """The locks that are held beside the file; see `Inspector.held_locks`."""
        return held_locks(self.path)


def _inspect(connection: sqlite3.Connection) -> Inspection:
    version, wanted = read_version(connection), migrations()[-1][0]
    is_current = version == wanted
    return Inspection(
        version=version,
        wanted=wanted,
        leases=_rows(connection, "leases") if is_current else (),
        readiness=_rows(connection, "readiness") if is_current else (),
        chat_processes=_rows(connection, "chat_processes") if is_current else (),
    )


def _rows(connection: sqlite3.Connection, table: str) -> Sequence[Row]:
    return connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 -- our own names


def _unreadable(path: Path, error: sqlite3.Error) -> StoreUnavailable:
    if primary_code(error) == sqlite3.SQLITE_NOTADB:
        return StoreUnavailable(f"The database {path} can't be read: {describe_failure(path, error)}.")
    if sqlite_damage.is_damage(error):
        restore = "Stop `heybuddy run`, then `heybuddy restore FILE` with a backup."
        return StoreUnavailable(f"The database {path} is damaged ({error}). {restore}")
    return StoreUnavailable(f"The database {path} can't be read: {error}.")
