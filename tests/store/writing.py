"""A process that counts in a store, and what a test sees of it; files to copy."""

import asyncio
import signal
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

PAGES = 500
DATED = "20260302-160000"
"""The start of a test as a part of a file's name."""


class WritingProcess:
    """A process that counts in a store."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def next_number(self) -> int:
        """The next number that it has made durable."""
        assert self._process.stdout is not None
        return int(await self._process.stdout.readline())

    async def kill(self) -> int:
        """Kill it as `kill -9` does. Returns the last number that it reported."""
        self._process.kill()
        output, _ = await self._process.communicate()
        return int(output.split()[-1]) if output.split() else 0

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)


StartWriting = Callable[..., Awaitable[WritingProcess]]


def number_in(path: Path) -> int:
    """What the writing process last wrote to the database at `path`."""
    with closing(sqlite3.connect(path)) as connection:
        [(number,)] = connection.execute("SELECT value FROM installation WHERE name = 'number'")
        [(check,)] = connection.execute("PRAGMA integrity_check")
        assert check == "ok"
        return int(number)


def set_number(path: Path, number: int) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT OR REPLACE INTO installation VALUES ('number', ?)", (str(number),))


def make_large(path: Path) -> None:
    """Add some hundred pages."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
            "INSERT INTO installation SELECT 'filler ' || i, printf('%.4000c', 'x') FROM n",
            (PAGES,),
        )


def left_over(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
