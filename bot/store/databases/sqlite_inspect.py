"""Reads a SQLite file without changing it or anything beside it, whether or not a process uses it at the moment."""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bot.store.database import StoreUnavailable
from bot.store.databases.sqlite_connection import BUSY_TIMEOUT
from bot.store.databases.sqlite_migrate import migrations, read_version

UNDAMAGED = "ok"

Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True, slots=True)
class Inspection:
    """What a file holds. `version` is that of its schema, 0 for an empty file; this program wants `wanted`."""

    version: int
    wanted: int
    leases: Sequence[Mapping[str, object]]
    readiness: Sequence[Mapping[str, object]]


async def inspect_file(path: Path) -> Inspection:
    """Read the schema's version, the leases and what the running processes need, as rows by column.

    Raises StoreUnavailable if the file cannot be read, and NewerDatabase, OldDatabase and ForeignDatabase.
    """
    return await _read(path, _inspect)


async def find_damage(path: Path) -> str | None:
    """The first damage that SQLite's quick_check finds, or None. Stops when cancelled. Raises StoreUnavailable."""
    return await _read(path, _quick_check)


async def read_installation_value(path: Path, name: str) -> str | None:
    """A value of this installation, or None. Raises StoreUnavailable."""

    def read(connection: sqlite3.Connection) -> str | None:
        row = connection.execute("SELECT value FROM installation WHERE name = ?", [name]).fetchone()
        return row["value"] if row else None

    return await _read(path, read)


async def _read(path: Path, read: Callable[[sqlite3.Connection], Result]) -> Result:
    """Call `read` in a thread with a connection that cannot write. When cancelled, interrupts SQLite first."""
    try:
        connection = sqlite3.connect(_read_only_uri(path), uri=True, check_same_thread=False, timeout=BUSY_TIMEOUT)
    except sqlite3.Error as error:
        raise StoreUnavailable(f"The database {path} cannot be read: {error}.") from error
    connection.row_factory = sqlite3.Row
    reading = asyncio.create_task(asyncio.to_thread(_close_after, connection, read), name="inspection")
    try:
        return await asyncio.shield(reading)
    except sqlite3.Error as error:
        raise StoreUnavailable(f"The database {path} cannot be read: {error}.") from error
    except asyncio.CancelledError:
        connection.interrupt()
        await asyncio.wait([reading])
        raise


def _read_only_uri(path: Path) -> str:
    """Without a `-wal` file nobody uses the database; SQLite is then kept from making one, and leaving it there."""
    in_use = path.with_name(f"{path.name}-wal").exists()
    return f"{path.resolve().as_uri()}?mode=ro{'' if in_use else '&immutable=1'}"


def _close_after(connection: sqlite3.Connection, read: Callable[[sqlite3.Connection], Result]) -> Result:
    with closing(connection):
        return read(connection)


def _inspect(connection: sqlite3.Connection) -> Inspection:
    version, wanted = read_version(connection), migrations()[-1][0]
    is_current = version == wanted
    return Inspection(
        version=version,
        wanted=wanted,
        leases=_rows(connection, "leases") if is_current else (),
        readiness=_rows(connection, "readiness") if is_current else (),
    )


def _rows(connection: sqlite3.Connection, table: str) -> Sequence[Mapping[str, object]]:
    if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", [table]).fetchone():
        return ()
    return [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]  # noqa: S608 -- our own names


def _quick_check(connection: sqlite3.Connection) -> str | None:
    finding: str = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    return None if finding == UNDAMAGED else finding
