"""Reads a SQLite file in a thread, over a connection that changes neither the file nor anything beside it."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from bot.store.databases.sqlite_connection import BUSY_TIMEOUT

Result = TypeVar("Result")


async def read_file(path: Path, read: Callable[[sqlite3.Connection], Result]) -> Result:
    """Return what `read` returns, called with a connection to the file at `path`.

    When the caller is cancelled, SQLite is interrupted, so that the thread ends soon after. Raises sqlite3.Error.
    """
    connection = sqlite3.connect(_read_only_uri(path), uri=True, check_same_thread=False, timeout=BUSY_TIMEOUT)
    connection.row_factory = sqlite3.Row
    reading = asyncio.create_task(asyncio.to_thread(_close_after, connection, read), name="reading a file")
    try:
        return await asyncio.shield(reading)
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
