"""PostgreSQL as the store's database: one connection that writes, a pool that reads, and one that listens."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from types import TracebackType
from typing import Self

from bot.log import describe_error
from bot.store.database import DatabaseUsage, Row, Statement, StoreUnavailable, Value
from bot.store.databases.postgres_connection import PostgresConnector, limited
from bot.store.databases.postgres_damage import MetDamage
from bot.store.databases.postgres_errors import is_failure, may_pass
from bot.store.databases.postgres_listener import PostgresListener
from bot.store.databases.postgres_sql import PostgresQuery, load, translate
from bot.store.databases.postgres_writer import LISTS_PER_COMMIT, PostgresWriter, StatementFailed
from bot.store.databases.read_turns import ReadTurns
from bot.store.databases.topics import TopicListener, Topics
from bot.store.databases.write_queue import ResultSets, WriteList, WriteQueue
from bot.store.metrics import StoreMetrics


class PostgresDatabase:
    """A PostgreSQL database with the newest schema. Use it as an async context manager.

    Every operation ends within a few seconds; a connection that was lost is made again by the next operation.
    """

    def __init__(self, connector: PostgresConnector, metrics: StoreMetrics) -> None:
        self._connector = connector
        self._queries: Mapping[str, PostgresQuery] = {name: translate(sql) for name, sql in load().items()}
        self._topics = Topics()
        self._damage = MetDamage()
        self._writer = PostgresWriter(connector, self._queries, self._damage)
        self._queue = WriteQueue(self._commit, lists_per_commit=LISTS_PER_COMMIT, topics=self._topics, metrics=metrics)
        self._pool = connector.make_pool()
        self._turns = ReadTurns(connector.settings.size)
        self._closed = False
        self._listening: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        try:
            await self._open()
        except BaseException:
            await self.close()
            raise
        return self

    async def _open(self) -> None:
        _ = await self._pool  # makes no connection yet
        await self._writer.open()
        listener = PostgresListener(self._connector, self._topics, self._writer)
        self._listening = asyncio.create_task(listener.run(), name="store listener")
        await listener.wait_until_listening()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def one(self, name: str, /, **values: Value) -> Row | None:
        """The first row of a named query, or None."""
        rows = await self.all(name, **values)
        return rows[0] if rows else None

    async def all(self, name: str, /, **values: Value) -> Sequence[Row]:
        """All rows of a named query. Raises asyncpg.PostgresError for a bug of ours and StoreUnavailable otherwise."""
        query = self._queries[name]
        self._require_open()
        with self._connector.explaining(partial(self._damage.remember_read, name, values)):
            async with self._turns.take():
                return await self._fetch(query, values)

    async def _fetch(self, query: PostgresQuery, values: Mapping[str, Value]) -> Sequence[Row]:
        settings = self._connector.settings
        try:
            async with self._pool.acquire(timeout=settings.connect_timeout_s) as connection:
                with limited(connection, settings.query_timeout_s):
                    return await connection.fetch(query.text, *(values[each] for each in query.names))
        except Exception as error:
            if is_failure(error) and may_pass(error):
                self._turns.give_up()
            raise

    async def write(self, statements: Sequence[Statement], *, notify: Collection[str] = ()) -> Sequence[Sequence[Row]]:
        """Execute all statements or none, then announce the topics in `notify`; see `Database.write`.

        The list is written even if the caller is cancelled in the meantime. After StoreUnavailable it may have been
        written all the same, if the connection was lost while the server worked on it.
        """
        self._require_open()
        return await self._queue.write(WriteList(statements=statements, notify=notify))

    async def _commit(self, batch: Sequence[WriteList]) -> Sequence[ResultSets | Exception]:
        try:
            return await self._writer.write(batch)
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 -- every caller gets an answer
            return [_failure_after(error) for _ in batch]

    @property
    def usage(self) -> DatabaseUsage:
        """How busy the writer and the pool are; see `Database.usage`."""
        pooled, idle = self._pool.get_size(), self._pool.get_idle_size()
        return DatabaseUsage(
            waiting_lists=self._queue.waiting_lists,
            connections=int(self._writer.is_connected) + pooled,
            connections_in_use=self._queue.is_writing + pooled - idle,
        )

    @property
    def damage(self) -> str | None:
        """What the server said when a statement met damage; see `Database.damage`."""
        return self._damage.describe()

    async def look_for_damage(self) -> None:
        """Try again what met damage, which PostgreSQL finds when it reads. Raises StoreUnavailable."""
        await self._damage.look_again(self.all)

    async def shrink(self) -> None:
        """Do nothing: PostgreSQL uses the space of deleted rows again by itself."""

    def listen(self, topic: str) -> TopicListener:
        """A listener to a topic that `write(…, notify=…)` announces in any process."""
        return self._topics.listen(topic)

    def try_lock(self, name: str, holder: str) -> bool:
        """False: a lock of PostgreSQL's would stay with a process that is frozen or out of reach."""
        return False

    def unlock(self, name: str, holder: str) -> None:
        """Do nothing: there are no locks."""

    def _require_open(self) -> None:
        if self._closed:
            raise StoreUnavailable("The database is closed.")

    async def close(self) -> None:
        """Finish pending writes and close all connections. Idempotent."""
        if self._closed:
            return
        self._closed = True
        try:
            await self._queue.finish()
        finally:
            if self._listening is not None:
                self._listening.cancel()
                await asyncio.wait([self._listening])
            self._writer.close()
            self._pool.terminate()


def _failure_after(error: Exception) -> StatementFailed:
    """One for each caller, because an exception remembers who raised it; what went wrong is its cause."""
    failed = StatementFailed(describe_error(error))
    failed.__cause__ = error
    return failed
