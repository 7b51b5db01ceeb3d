"""Reading a file in a thread: a caller that is cancelled ends as cancelled, whatever the thread is doing."""

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest

from bot.store.databases.sqlite_read_only import read_file

SOON = 5  # seconds
ENDLESS_QUERY = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n FROM numbers) SELECT sum(n) FROM numbers"


@pytest.fixture
def file(database: Path, empty_store: bytes) -> Path:
    database.write_bytes(empty_store)
    return database


async def cancel_when(reached: threading.Event, reading: asyncio.Task[None]) -> None:
    """Cancel `reading` as soon as the thread has come so far, before anything else happens in the event loop."""
    await asyncio.sleep(0)  # the task starts
    await asyncio.sleep(0)  # the thread starts
    assert reached.wait(SOON)
    reading.cancel()
    async with asyncio.timeout(SOON):
        await asyncio.wait([reading])


async def test_cancelled_during_a_query(file: Path) -> None:
    """The query is interrupted, and the thread has ended by the time that the caller goes on."""
    running, ended = threading.Event(), threading.Event()

    def read(connection: sqlite3.Connection) -> None:
        connection.set_progress_handler(running.set, 1000)
        with pytest.raises(sqlite3.OperationalError, match="interrupted"):
            connection.execute(ENDLESS_QUERY)
        ended.set()

    reading = asyncio.create_task(read_file(file, read))
    await cancel_when(running, reading)
    assert (reading.cancelled(), ended.is_set()) == (True, True)


async def test_cancelled_before_a_query(file: Path) -> None:
    """An interrupt that comes too early for a query is repeated."""
    opened, ended = threading.Event(), threading.Event()

    def read(connection: sqlite3.Connection) -> None:
        opened.set()
        threading.Event().wait(0.05)  # the first interrupt comes now
        with pytest.raises(sqlite3.OperationalError, match="interrupted"):
            connection.execute(ENDLESS_QUERY)
        ended.set()

    reading = asyncio.create_task(read_file(file, read))
    await cancel_when(opened, reading)
    assert (reading.cancelled(), ended.is_set()) == (True, True)


async def test_cancelled_just_after_reading(file: Path) -> None:
    """The connection is closed already, but the caller has not been told yet."""
    closed = threading.Event()

    def read(connection: sqlite3.Connection) -> None:
        connection.close()
        closed.set()

    reading = asyncio.create_task(read_file(file, read))
    await cancel_when(closed, reading)
    assert reading.cancelled()
