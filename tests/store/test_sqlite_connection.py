"""The private parts of aiosqlite that the connection needs, and which errors concern the file."""

import inspect
import sqlite3

import aiosqlite
import pytest

from bot.store.databases.sqlite_connection import concerns_file

CHANGED = (
    "This version of aiosqlite has changed what it keeps private. Pin the version from before, or adapt "
    "bot/store/databases/sqlite_connection.py, the only file that uses it."
)


def test_aiosqlite_still_has_the_private_parts_that_we_use() -> None:
    """An upgrade that changes them fails here, with a clear message."""
    connection = aiosqlite.Connection
    execute = inspect.getattr_static(connection, "_execute", None)
    assert inspect.iscoroutinefunction(execute), CHANGED
    assert list(inspect.signature(execute).parameters) == ["self", "fn", "args", "kwargs"], CHANGED
    assert isinstance(inspect.getattr_static(connection, "_conn", None), property), CHANGED
    assert list(inspect.signature(connection).parameters)[:2] == ["connector", "iter_chunk_size"], CHANGED


@pytest.mark.parametrize(
    ("error", "concerns"),
    [
        (sqlite3.OperationalError("database is locked"), True),
        (sqlite3.DatabaseError("database disk image is malformed"), True),
        (sqlite3.InternalError(), True),
        (sqlite3.NotSupportedError(), True),
        (sqlite3.IntegrityError("CHECK constraint failed"), False),
        (sqlite3.ProgrammingError("You didn't supply a value for binding parameter :name."), False),
        (sqlite3.DataError("string or blob too big"), False),
        (KeyError("no.such.query"), False),
        (OverflowError("Python int too large to convert to SQLite INTEGER"), False),
    ],
)
def test_problems_with_the_file_are_distinguished_from_bugs(error: Exception, concerns: bool) -> None:
    """The former affect every caller, the latter only one."""
    assert concerns_file(error) is concerns
