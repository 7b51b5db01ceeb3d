"""A connection to a SQLite file on a thread of its own, with one hop to that thread for each read or write.

The only file that uses private parts of aiosqlite (`_execute`, `_conn`), which is pinned for that reason.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import cast

import aiosqlite

from bot.store.database import Statement, UnexpectedRowCount, Value
from bot.store.databases.write_queue import ResultSets

BUSY_TIMEOUT = 5.0
"""Seconds to wait for another program that has locked the file."""

_PRIMARY_CODE = 0xFF
_ERRORS_OF_ONE_LIST = (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.DataError)


class SqliteConnection(aiosqlite.Connection):
    """An aiosqlite connection in autocommit mode that executes whole lists of statements in one hop."""

    def __init__(self, path: Path) -> None:
        def connect() -> sqlite3.Connection:
            connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT, isolation_level=None)
            connection.row_factory = sqlite3.Row
            connection.text_factory = _decode_text
            return connection

        super().__init__(connect, iter_chunk_size=1)  # nothing iterates over cursors

    async def fetch(self, sql: str, values: Mapping[str, Value]) -> list[sqlite3.Row]:
        """All rows of one query. Raises sqlite3.Error."""

        def fetch_all() -> list[sqlite3.Row]:
            return self._conn.execute(sql, values).fetchall()

        return cast(list[sqlite3.Row], await self._execute(fetch_all))  # type: ignore[no-untyped-call]  # aiosqlite's own

    async def vacuum(self, pages: int) -> None:
        """Give up to `pages` unused pages back to the file system. Raises sqlite3.Error."""

        def vacuum() -> None:
            # Not `execute`: the statement has a step for each page and no columns, so that Python would take one step.
            self._conn.executescript(f"PRAGMA incremental_vacuum({pages})")

        await self._execute(vacuum)  # type: ignore[no-untyped-call]  # the same

    async def empty_wal(self) -> None:
        """Move all that the open `-wal` holds into the open main file, and leave it empty. Raises sqlite3.Error."""
        await self.fetch("PRAGMA wal_checkpoint(TRUNCATE)", {})

    async def write(
        self, lists: Sequence[Sequence[Statement]], sql: Mapping[str, str], *, before_commit: Callable[[], None]
    ) -> list[ResultSets | Exception]:
        """Execute lists of statements in one transaction; returns the outcome of each after the commit.

        A failing list is rolled back alone, and its outcome is the error. Raises if nothing could be committed, also
        what `before_commit` raises, which is called in this connection's thread.
        """

        def write_all() -> list[ResultSets | Exception]:
            return _transaction(self._conn, lists, sql, before_commit)

        return cast(list[ResultSets | Exception], await self._execute(write_all))  # type: ignore[no-untyped-call]  # the same


def _decode_text(text: bytes) -> str:
    """Text that is not UTF-8 comes from a damaged file; as an error it would keep every row from being read."""
    return text.decode(errors="replace")


def primary_code(error: BaseException) -> int | None:
    """The kind of an error of SQLite's, without the details that the rest of its code is about; else None."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & _PRIMARY_CODE


def concerns_file(error: Exception) -> bool:
    """Whether `error` is about the file rather than about a single list or query, such as a bug of ours."""
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(error, _ERRORS_OF_ONE_LIST)


def _transaction(
    connection: sqlite3.Connection,
    lists: Sequence[Sequence[Statement]],
    sql: Mapping[str, str],
    before_commit: Callable[[], None],
) -> list[ResultSets | Exception]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        outcomes = [_in_savepoint(connection, statements, sql) for statements in lists]
        before_commit()
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return outcomes


def _in_savepoint(
    connection: sqlite3.Connection, statements: Sequence[Statement], sql: Mapping[str, str]
) -> ResultSets | Exception:
    connection.execute("SAVEPOINT list")
    try:
        outcome: ResultSets | Exception = [_run(connection, statement, sql) for statement in statements]
    except Exception as error:
        if concerns_file(error):
            raise
        connection.execute("ROLLBACK TO list")
        outcome = error
    connection.execute("RELEASE list")
    return outcome


def _run(connection: sqlite3.Connection, statement: Statement, sql: Mapping[str, str]) -> list[sqlite3.Row]:
    cursor = connection.execute(sql[statement.name], cast(Mapping[str, Value], statement.values))
    rows = cursor.fetchall() if cursor.description else []
    touched = len(rows) if cursor.description else cursor.rowcount
    if statement.expect_rows is not None and touched != statement.expect_rows:
        raise UnexpectedRowCount(statement.name)
    return rows
