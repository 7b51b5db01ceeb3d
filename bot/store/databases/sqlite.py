"""SQLite behind the four verbs: one writer whose callers share durable commits, one reader beside it.

A list of statements is one hop to the connection's thread; lists that wait meanwhile go into the next commit together,
each in a savepoint of its own, so one that fails takes nobody with it.
"""

import asyncio
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, cast

import aiosqlite

from bot.store import queries
from bot.store.database import Row, Statement, StoreUnavailable, UnexpectedRowCount, UniqueViolation, Value

BUSY_TIMEOUT = 5.0  # seconds
LISTS_PER_COMMIT = 256

Rows = list[list[sqlite3.Row]]

_OF_ONE_LIST = (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.DataError)
_UNIQUE = "UNIQUE constraint failed: "


class Hopper(aiosqlite.Connection):
    """An aiosqlite connection that runs a whole piece of work as one hop to its thread.

    `_execute` is private to aiosqlite, which is pinned for that reason; the store's tests cover this class.
    """

    async def fetch(self, sql: str, values: Mapping[str, Value]) -> list[sqlite3.Row]:
        """All rows of one query, in one hop."""
        rows = await self._execute(self._execute_fetchall, sql, values)  # type: ignore[no-untyped-call]  # aiosqlite's own
        return cast(list[sqlite3.Row], rows)

    async def write(self, work: Sequence[Sequence[Statement]], sql: Mapping[str, str]) -> list[Rows | Exception]:
        """Carry out lists of statements in one transaction; what became of each, after the commit."""
        outcomes = await self._execute(_transaction, self._conn, work, sql)  # type: ignore[no-untyped-call]  # the same
        return cast(list[Rows | Exception], outcomes)


def _transaction(
    connection: sqlite3.Connection, work: Sequence[Sequence[Statement]], sql: Mapping[str, str]
) -> list[Rows | Exception]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        outcomes = [_in_savepoint(connection, statements, sql) for statements in work]
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return outcomes


def _in_savepoint(
    connection: sqlite3.Connection, statements: Sequence[Statement], sql: Mapping[str, str]
) -> Rows | Exception:
    connection.execute("SAVEPOINT list")
    try:
        outcome: Rows | Exception = [_run(connection, statement, sql) for statement in statements]
    except Exception as refusal:
        if _is_the_files(refusal):
            raise
        connection.execute("ROLLBACK TO list")
        outcome = refusal
    connection.execute("RELEASE list")
    return outcome


def _is_the_files(error: Exception) -> bool:
    """Trouble with the file is everybody's; any other error, a mistake of ours included, belongs to its list alone."""
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(error, _OF_ONE_LIST)


def _run(connection: sqlite3.Connection, statement: Statement, sql: Mapping[str, str]) -> list[sqlite3.Row]:
    cursor = connection.execute(sql[statement.name], cast(Mapping[str, Value], statement.values))
    rows = cursor.fetchall() if cursor.description else []
    touched = len(rows) if cursor.description else cursor.rowcount
    if statement.expect_rows is not None and touched != statement.expect_rows:
        raise UnexpectedRowCount(statement.name)
    return rows


@dataclass(frozen=True, kw_only=True, slots=True)
class _Pending:
    statements: Sequence[Statement]
    notify: Collection[str]
    answer: "asyncio.Future[Rows]"


class SqliteListener:
    """A listener within this process."""

    def __init__(self) -> None:
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Let the next, or the present, wait return."""
        self._woken.set()

    async def wait(self, seconds: float) -> None:
        """Return when woken since the last call, or when `seconds` have passed."""
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return
        self._woken.clear()


class SqliteDatabase:
    """The four verbs over one SQLite file in WAL mode with durable commits. Use it as an async context manager."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sql = queries.load()
        self._writer = _connection(path)
        self._reader = _connection(path)
        self._guards: Mapping[str, str] = {}
        self._waiting: list[_Pending] = []
        self._writing: asyncio.Task[None] | None = None
        self._wakes: dict[str, list[SqliteListener]] = defaultdict(list)
        self._closed = False

    async def __aenter__(self) -> Self:
        try:
            await self._open()
        except BaseException:
            await self.close()
            raise
        return self

    async def _open(self) -> None:
        try:
            for connection in (self._writer, self._reader):
                _ = await connection
                for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
                    await connection.fetch(f"PRAGMA {pragma}", {})
            await self._reader.fetch("PRAGMA query_only = ON", {})
            guards = await self._reader.fetch(self._sql["engine.guards"], {})
            self._guards = {row["columns"]: row["name"] for row in guards}
        except sqlite3.Error as trouble:
            raise _unavailable(trouble) from trouble

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def one(self, name: str, /, **values: Value) -> Row | None:
        """The first row of a named query, or None."""
        rows = await self.all(name, **values)
        return rows[0] if rows else None

    async def all(self, name: str, /, **values: Value) -> Sequence[Row]:
        """All rows of a named query."""
        self._must_be_open()
        try:
            return await self._reader.fetch(self._sql[name], values)
        except sqlite3.Error as trouble:
            if _is_the_files(trouble):
                raise _unavailable(trouble) from trouble
            raise

    async def write(self, statements: Sequence[Statement], *, notify: Collection[str] = ()) -> Sequence[Sequence[Row]]:
        """Carry out all statements or none, and wake the listeners of `notify` after the commit."""
        self._must_be_open()
        answer: asyncio.Future[Rows] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Pending(statements=statements, notify=notify, answer=answer))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all(), name="store writer")
        return await answer

    async def _write_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:LISTS_PER_COMMIT], self._waiting[LISTS_PER_COMMIT:]
            for pending, outcome in zip(batch, await self._commit(batch), strict=True):
                self._answer(pending, outcome)
        self._writing = None

    def _answer(self, pending: _Pending, outcome: Rows | Exception) -> None:
        """Tell the caller and, even where the caller has gone meanwhile, those who listen."""
        if not isinstance(outcome, Exception):
            for topic in pending.notify:
                for wake in self._wakes[topic]:
                    wake.wake()
        if pending.answer.cancelled():
            return
        if isinstance(outcome, Exception):
            pending.answer.set_exception(outcome)
        else:
            pending.answer.set_result(outcome)

    async def _commit(self, batch: Sequence[_Pending]) -> Sequence[Rows | Exception]:
        try:
            outcomes = await self._writer.write([pending.statements for pending in batch], self._sql)
        except Exception as trouble:  # noqa: BLE001 -- whatever it is, everybody who waits gets an answer
            return [_unavailable(trouble) for _ in batch]
        return [self._named(outcome) for outcome in outcomes]

    def _named(self, outcome: Rows | Exception) -> Rows | Exception:
        if not isinstance(outcome, sqlite3.IntegrityError) or not str(outcome).startswith(_UNIQUE):
            return outcome
        columns = str(outcome).removeprefix(_UNIQUE)
        return UniqueViolation(self._guards.get(columns, columns))

    def listen(self, topic: str) -> SqliteListener:
        """A listener to what `write(…, notify=…)` announces in this process."""
        wake = SqliteListener()
        self._wakes[topic].append(wake)
        return wake

    def _must_be_open(self) -> None:
        if self._closed:
            raise StoreUnavailable("The database is closed.")

    async def close(self) -> None:
        """Finish what is in hand and let go of the file; closing again changes nothing."""
        if self._closed:
            return
        self._closed = True
        try:
            if self._writing is not None:
                await asyncio.shield(self._writing)
        finally:
            for connection in (self._reader, self._writer):
                await connection.close()


def _connection(path: Path) -> Hopper:
    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT, isolation_level=None)
        connection.row_factory = sqlite3.Row
        return connection

    return Hopper(connect, iter_chunk_size=64)


def _unavailable(trouble: Exception) -> StoreUnavailable:
    return StoreUnavailable(f"The database cannot be used: {trouble}.")
