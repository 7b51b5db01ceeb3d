"""Reads a SQLite file in a thread, over a connection that changes neither the file nor anything beside it."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Final, TypeVar

from bot.store.databases.sqlite_copy import open_read_only

INTERRUPT_EVERY: Final = 0.1  # seconds: an interrupt between two queries has no effect

Result = TypeVar("Result")


async def read_file(path: Path, read: Callable[[sqlite3.Connection], Result]) -> Result:
    """Return what `read` returns, called with a connection to the file at `path`.

    When the caller is cancelled, SQLite is interrupted, so that the thread ends soon after. Raises sqlite3.Error.
    """
    in_use = path.with_name(f"{path.name}-wal").exists()
    connection = open_read_only(path, at_rest=not in_use)
    connection.row_factory = sqlite3.Row
    reading = asyncio.create_task(asyncio.to_thread(_close_after, connection, read), name="reading a file")
    try:
        return await asyncio.shield(reading)
    except asyncio.CancelledError:
        while not reading.done():
            with suppress(sqlite3.ProgrammingError):  # the thread has already closed it
                connection.interrupt()
            await asyncio.wait([reading], timeout=INTERRUPT_EVERY)
        raise


def _close_after(connection: sqlite3.Connection, read: Callable[[sqlite3.Connection], Result]) -> Result:
    with closing(connection):
        return read(connection)
