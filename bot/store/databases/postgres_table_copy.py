"""A PostgreSQL database as source or target of a copy of all rows, which COPY writes; see `table_copy`."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from graphlib import TopologicalSorter
from typing import Final

import asyncpg

from bot.log import describe_error
from bot.store.database import CannotCopy
from bot.store.databases.postgres_connection import SERVER_SETTINGS, Connection, PostgresConnector, connected
from bot.store.databases.postgres_errors import is_failure
from bot.store.databases.postgres_migrate import VERSIONS, migrate, migrations, read_version
from bot.store.databases.postgres_writer import WRITE_LOCK
from bot.store.databases.table_copy import ROWS_AT_ONCE, Rows, Table, require_empty, require_version, still_used
from bot.store.leases import latest_end
from bot.store.times import to_ms

GONE_WITHIN: Final = 1.0
"""Seconds within which the server learns that a process has ended."""
LOOK_EVERY: Final = 0.1  # seconds

_COLUMNS: Final = """
SELECT table_name AS name, array_agg(column_name::text ORDER BY ordinal_position) AS columns
FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND table_name <> $1
GROUP BY table_name ORDER BY table_name
"""
_REFERENCES: Final = """
SELECT c.relname AS name, f.relname AS referred FROM pg_constraint AS r
JOIN pg_class AS c ON c.oid = r.conrelid JOIN pg_class AS f ON f.oid = r.confrelid
WHERE r.contype = 'f' AND r.connamespace = current_schema()::regnamespace AND c.oid <> f.oid
"""
_NUMBERED: Final = """
SELECT table_name AS table, column_name AS column FROM information_schema.columns
WHERE table_schema = current_schema() AND is_identity = 'YES'
"""
_IN_USE: Final = """
SELECT EXISTS (
  SELECT 1 FROM pg_stat_activity
  WHERE datname = current_database() AND application_name = $1 AND pid <> pg_backend_pid()
) OR EXISTS (SELECT 1 FROM leases WHERE expires_at > $2 AND expires_at <= $3)
"""
"""A process keeps connections, of which the server learns at once when it is killed; or one leads that is cut off."""


class PostgresCopyEnd:
    """A database in a transaction, while nobody else writes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def tables(self) -> Sequence[Table]:
        """All of our tables, those that others refer to first; see `CopyEnd.tables`."""
        found = {
            row["name"]: Table(name=row["name"], columns=row["columns"])
            for row in await self._connection.fetch(_COLUMNS, VERSIONS)
        }
        order: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(found, ()))
        for row in await self._connection.fetch(_REFERENCES):
            order.add(row["name"], row["referred"])
        return [found[name] for name in order.static_order()]

    async def count_rows(self, table: str) -> int:
        """How many rows a table has; see `CopyEnd.count_rows`."""
        count: int = await self._connection.fetchval(f'SELECT count(*) FROM "{table}"')  # noqa: S608 -- our own name
        return count

    async def read_rows(self, table: Table) -> AsyncIterator[Rows]:
        """All rows; see `CopyEnd.read_rows`."""
        columns = ", ".join(f'"{column}"' for column in table.columns)
        cursor = await self._connection.cursor(f'SELECT {columns} FROM "{table.name}"')  # noqa: S608 -- our own names
        while rows := await cursor.fetch(ROWS_AT_ONCE):
            yield [tuple(row) for row in rows]

    async def write_rows(self, table: Table, rows: AsyncIterator[Rows]) -> None:
        """Add rows; see `CopyEnd.write_rows`. Raises CannotCopy for a value that PostgreSQL does not store."""
        try:
            await self._connection.copy_records_to_table(
                table.name, records=_single_rows(table, rows), columns=table.columns
            )
        except asyncpg.PostgresError as error:
            if is_failure(error):
                raise
            raise CannotCopy(f"PostgreSQL refuses a row of {table.name}: {describe_error(error)}.") from error

    async def finish(self, tables: Sequence[Table]) -> None:
        """Continue the numbers after those that were copied, and take statistics; see `CopyEnd.finish`."""
        for row in await self._connection.fetch(_NUMBERED):
            table, column = row["table"], row["column"]
            highest = f'SELECT coalesce(max("{column}"), 0) FROM "{table}"'  # noqa: S608 -- our own names
            await self._connection.execute(
                f"SELECT setval(pg_get_serial_sequence($1, $2), ({highest}) + 1, false)", f'"{table}"', column
            )
        for table in tables:
            await self._connection.execute(f'ANALYZE "{table.name}"')


@asynccontextmanager
async def open_postgres_source(connector: PostgresConnector, now: datetime) -> AsyncIterator[PostgresCopyEnd]:
    """The database of the newest version, while no process uses it; nobody can write to it until the end.

    Raises CannotCopy and StoreUnavailable.
    """
    async with _opened(connector) as connection:
        require_version(await read_version(connection), migrations()[-1][0], connector.name)
        if await _is_used(connection, now):
            raise still_used(connector.name)
        await _lock_writing(connection, connector.name)
        await connection.transaction(isolation="repeatable_read", readonly=True).start()
        yield PostgresCopyEnd(connection)


@asynccontextmanager
async def open_postgres_target(connector: PostgresConnector) -> AsyncIterator[PostgresCopyEnd]:
    """The database, whose tables are made unless they are there. It stays empty if the block raises.

    Raises CannotCopy, also if it has a row, and StoreUnavailable.
    """
    await migrate(connector, turn_within_s=GONE_WITHIN)
    async with _opened(connector) as connection:
        await _lock_writing(connection, connector.name)
        transaction = connection.transaction()
        await transaction.start()
        end = PostgresCopyEnd(connection)
        await require_empty(end, connector.name)
        yield end
        await transaction.commit()


@asynccontextmanager
async def _opened(connector: PostgresConnector) -> AsyncIterator[Connection]:
    """A connection that may wait within a transaction for as long as the other database takes.

    When it is closed, the server rolls back what was not committed.
    """
    async with connected(connector, limits_queries=False) as connection:
        await connection.execute("SET idle_in_transaction_session_timeout = 0")
        yield connection


async def _is_used(connection: Connection, now: datetime) -> bool:
    """Whether a process uses the database, or may be back soon."""
    latest = to_ms(latest_end(now))
    for _ in range(round(GONE_WITHIN / LOOK_EVERY)):
        if not await connection.fetchval(_IN_USE, SERVER_SETTINGS["application_name"], to_ms(now), latest):
            return False
        await asyncio.sleep(LOOK_EVERY)
    return True


async def _lock_writing(connection: Connection, name: str) -> None:
    """Keep everybody else from writing for as long as the connection lasts. Raises CannotCopy if somebody writes."""
    try:
        await connection.execute(f"SET lock_timeout = '{GONE_WITHIN}s'")
        await connection.execute(f"SELECT pg_advisory_lock({WRITE_LOCK})")
        await connection.execute("SET lock_timeout = 0")  # autovacuum may lock a table for longer
    except asyncpg.LockNotAvailableError as error:
        raise still_used(name) from error


async def _single_rows(table: Table, chunks: AsyncIterator[Rows]) -> AsyncIterator[Sequence[object]]:
    async for rows in chunks:
        for row in rows:
            for column, value in zip(table.columns, row, strict=True):
                if isinstance(value, str) and "\0" in value:
                    raise CannotCopy(
                        f"PostgreSQL stores no NUL character, and {column} has one in the row of {table.name} whose "
                        f"{table.columns[0]} is {row[0]!r}. Correct that row, then try again."
                    )
            yield row
