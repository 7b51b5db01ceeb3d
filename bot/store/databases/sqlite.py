"""SQLite as the store's database: one writer whose callers share durable commits, and a separate reader.

Lists of statements that arrive during a commit share the next one, each in its own savepoint, so a failing list
affects no other.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.store import queries
from bot.store.database import DatabaseUsage, Row, Statement, StoreUnavailable, UniqueViolation, Value
from bot.store.databases.sqlite_connection import BUSY_TIMEOUT, SqliteConnection, concerns_file
from bot.store.databases.sqlite_damage import find_damage, is_damage
from bot.store.databases.sqlite_disk import describe_failure
from bot.store.databases.sqlite_locks import ProcessLocks
from bot.store.databases.sqlite_opened_files import OpenedFiles
from bot.store.databases.topics import TopicListener, Topics
from bot.store.databases.write_queue import ResultSets, WriteList, WriteQueue
from bot.store.metrics import StoreMetrics

LISTS_PER_COMMIT = 256
PAGES_PER_SHRINK = 100

log = logging.getLogger(__name__)

_PRAGMAS = ("synchronous = FULL", "foreign_keys = ON")
_RETRY_EVERY = 0.05  # seconds
_UNIQUE_VIOLATION = "UNIQUE constraint failed: "


async def _use_wal(connection: SqliteConnection) -> None:
    """Switch the file to WAL mode. SQLite itself does not wait for another process that does so at the same time."""
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + BUSY_TIMEOUT
    while True:
        try:
            await connection.fetch("PRAGMA journal_mode = WAL", {})
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or loop.time() >= give_up_at:
                raise
            await asyncio.sleep(_RETRY_EVERY)
        else:
            return


class SqliteDatabase:
    """A SQLite file in WAL mode with durable commits. Use it as an async context manager."""

    def __init__(self, path: Path, metrics: StoreMetrics) -> None:
        self._damage: str | None = None
        self._path = path
        self._files = OpenedFiles(path)
        self._is_replaced = False
        self._sql = queries.load()
        self._writer = SqliteConnection(path)
        self._reader = SqliteConnection(path)
        self._locks = ProcessLocks(path)
        self._index_names: Mapping[str, str] = {}
        self._topics = Topics()
        self._queue = WriteQueue(self._commit, lists_per_commit=LISTS_PER_COMMIT, topics=self._topics, metrics=metrics)
        self._reads_in_progress = 0
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
                await _use_wal(connection)
                for pragma in _PRAGMAS:
                    await connection.fetch(f"PRAGMA {pragma}", {})
            await self._reader.fetch("PRAGMA query_only = ON", {})
            self._index_names = await self._read_index_names()
            self._files.remember()
        except sqlite3.Error as error:
            raise self._unavailable(error) from error

    async def _read_index_names(self) -> Mapping[str, str]:
        """The names of our unique indexes by the columns in SQLite's error message."""
        own_queries = queries.parse(files(__package__).joinpath("sqlite.sql").read_text(encoding="utf-8"))
        rows = await self._reader.fetch(own_queries["unique_indexes"], {})
        return {row["columns"]: row["name"] for row in rows}

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def one(self, name: str, /, **values: Value) -> Row | None:
        """The first row of a named query, or None."""
        rows = await self.all(name, **values)
        return rows[0] if rows else None

    async def all(self, name: str, /, **values: Value) -> Sequence[Row]:
        """All rows of a named query. Raises sqlite3.Error for a bug of ours and StoreUnavailable otherwise."""
        self._require_open()
        if self._is_replaced:
            self._files.require_all()
        self._reads_in_progress += 1
        try:
            return await self._reader.fetch(self._sql[name], values)
        except sqlite3.Error as error:
            if concerns_file(error):
                raise self._unavailable(error) from error
            raise
        finally:
            self._reads_in_progress -= 1

    async def write(self, statements: Sequence[Statement], *, notify: Collection[str] = ()) -> Sequence[Sequence[Row]]:
        """Execute all statements or none, then announce the topics in `notify`; see `Database.write`.

        Nothing is written into a file that was moved, deleted or replaced. The list is written even if the caller is
        cancelled in the meantime.
        """
        self._require_open()
        return await self._queue.write(WriteList(statements=statements, notify=notify))

    async def _commit(self, batch: Sequence[WriteList]) -> Sequence[ResultSets | Exception]:
        try:
            outcomes = await self._writer.write(
                [write.statements for write in batch], self._sql, before_commit=self._files.require_all
            )
        except Exception as error:
            await self._part_from_replaced()
            raise self._unavailable(error) from error
        self._is_replaced = False
        return [self._translate(outcome) for outcome in outcomes]

    async def _part_from_replaced(self) -> None:
        """If another file lies in our file's place, leave nothing beside it that SQLite would merge into it.

        What we have written is then in our own file, wherever that is. Reading stops as well: a process that opens the
        other file may use our companions.
        """
        if self._is_replaced or not self._files.is_replaced:
            return
        self._is_replaced = True
        try:
            await self._writer.empty_wal()
        except (sqlite3.Error, ValueError) as error:  # a ValueError if the connection could not even be opened
            log.warning("what belongs to the former database is still beside %s: %s", self._path, error)

    def _translate(self, outcome: ResultSets | Exception) -> ResultSets | Exception:
        if not isinstance(outcome, sqlite3.IntegrityError) or not str(outcome).startswith(_UNIQUE_VIOLATION):
            return outcome
        columns = str(outcome).removeprefix(_UNIQUE_VIOLATION)
        return UniqueViolation(self._index_names.get(columns, columns))

    @property
    def usage(self) -> DatabaseUsage:
        """How busy the writer and the reader are; see `Database.usage`."""
        return DatabaseUsage(
            waiting_lists=self._queue.waiting_lists,
            connections=len((self._writer, self._reader)),
            connections_in_use=self._queue.is_writing + (self._reads_in_progress > 0),
        )

    @property
    def damage(self) -> str | None:
        """What is wrong with the data; see `Database.damage`."""
        if self._damage is not None:
            return f"The database is damaged: {self._damage}. Restore a backup."
        return self._files.loss

    async def look_for_damage(self) -> None:
        """Read the whole file over a connection of its own and update `damage`. Raises StoreUnavailable."""
        try:
            self._damage = await find_damage(self._path)
        except sqlite3.Error as error:
            raise self._unavailable(error) from error

    async def shrink(self) -> None:
        """Give up to `PAGES_PER_SHRINK` unused pages back; see `Database.shrink`. Raises StoreUnavailable."""
        self._require_open()
        self._files.require_all()
        try:
            await self._writer.vacuum(PAGES_PER_SHRINK)
        except sqlite3.Error as error:
            raise self._unavailable(error) from error

    def listen(self, topic: str) -> TopicListener:
        """A listener to a topic that `write(…, notify=…)` announces in this process."""
        return self._topics.listen(topic)

    def try_lock(self, name: str, holder: str) -> bool:
        """Take or keep a lock that ends with this process; see `Database.try_lock`."""
        return self._locks.try_lock(name, holder)

    def unlock(self, name: str, holder: str) -> None:
        """Free a lock, if `holder` has it."""
        self._locks.unlock(name, holder)

    def _require_open(self) -> None:
        if self._closed:
            raise StoreUnavailable("The database is closed.")

    async def close(self) -> None:
        """Finish pending writes and release the file. Idempotent."""
        if self._closed:
            return
        self._closed = True
        try:
            await self._queue.finish()
            await self._part_from_replaced()
        finally:
            self._locks.unlock_all()
            for connection in (self._reader, self._writer):
                await connection.close()

    def _unavailable(self, error: Exception) -> StoreUnavailable:
        if isinstance(error, StoreUnavailable):
            return error
        if is_damage(error):
            self._damage = str(error)
        return StoreUnavailable(f"The database can't be used: {describe_failure(self._path, error)}.")
