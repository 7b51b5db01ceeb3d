"""A process that counts in a store, and what a test sees of it; files to copy."""

import asyncio
import os
import signal
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

PAGES = 500
NOBODY = 65534
"""A user without rights, as which root can try what others may."""
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


def change_past_index(path: Path, index: str, *statements: str) -> None:
    """Execute the statements while SQLite does not know of the index, so that it does not fit its table any more."""
    where = f"WHERE name = '{index}'"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        [definition] = connection.execute(f"SELECT * FROM sqlite_schema {where}")  # noqa: S608 -- our own names
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(f"DELETE FROM sqlite_schema {where}")  # noqa: S608 -- the same
        connection.execute("PRAGMA schema_version = 1001")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("INSERT INTO sqlite_schema VALUES (?, ?, ?, ?, ?)", definition)
        connection.execute("PRAGMA schema_version = 1002")


ADD_MEMBERS = "INSERT INTO members (member_id, seen_at) VALUES (1, 1), (2, 2), (3, 3)"
WRONG_INDEXES = (
    ("members_by_age", ADD_MEMBERS),
    ("members_by_age", "DELETE FROM members WHERE member_id = 8"),
    ("members_by_age", "UPDATE members SET seen_at = 1 WHERE member_id = 9"),
)
"""An index, and what makes it lack a row, have one too many, or hold an old value, if members 8 and 9 are there."""

TWO_OF_A_COOKIE = (
    "INSERT INTO browser_sessions (id, seat_id, cookie_hash, state, created_at, seen_at) "
    "VALUES ('a', 'x', x'00', 'active', 1, 1), ('b', 'y', x'00', 'active', 1, 1)"
)
"""What the index `one_session_per_cookie` prevents."""


def make_index_wrong(path: Path, index: str, statement: str) -> None:
    """Let there be the members 8 and 9, then execute `statement` past this index."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("INSERT INTO members (member_id, seen_at) VALUES (8, 8), (9, 9)")
    change_past_index(path, index, statement)


def members_in(path: Path) -> list[tuple[int, int]]:
    """The members in the database, read from their table, and when each was seen."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT member_id, seen_at FROM members NOT INDEXED ORDER BY member_id").fetchall()


def contents(folder: Path) -> dict[str, bytes]:
    """Name and content of every file, except the index of a `-wal`, which whoever reads may bring up to date."""
    files = [file for file in folder.iterdir() if file.is_file()]
    return {file.name: b"" if file.name.endswith("-shm") else file.read_bytes() for file in files}


@contextmanager
def without_write_rights(folder: Path) -> Iterator[None]:
    """Let nothing in the folder be written meanwhile, nor anything be made in it: not even root is root then."""
    is_root = os.geteuid() == 0
    if is_root:
        folder.chmod(0o755)
        for file in folder.iterdir():
            os.chown(file, NOBODY, -1)
            file.chmod(0o400)
        os.seteuid(NOBODY)
    else:
        folder.chmod(0o500)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        folder.chmod(0o700)
