"""What a PostgreSQL database holds, and what its server does with it, for `heybuddy check`. Nothing is changed."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.store.database import Row
from bot.store.databases import postgres_sql
from bot.store.databases.inspection import Inspection
from bot.store.databases.postgres_connection import SERVER_SETTINGS, Connection, PostgresConnector, connected, limited
from bot.store.databases.postgres_migrate import migrations, read_version

_SURVEY: Final = """
SELECT
  current_setting('server_version_num')::int / 10000 AS server,
  current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS synchronous_commit,
  coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS encrypted,
  inet_server_addr() IS NULL OR inet_server_addr() = inet_client_addr() AS here,
  current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
    - coalesce(current_setting('reserved_connections', true), '0')::int
    - (
      SELECT count(*) FROM pg_stat_activity
      WHERE usesysid IS NOT NULL AND coalesce(backend_type, 'client backend') = 'client backend'
        AND pid <> pg_backend_pid()
    ) AS connections_left,
  (
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = $1 AND pid <> pg_backend_pid()
  ) AS own_connections,
  current_schema() AS schema, clock_timestamp() AS now
"""
"""Of other users' connections only an administrator sees what they are."""
_NOT_WRITABLE: Final = """
SELECT string_agg(tablename, ', ' ORDER BY tablename) FROM pg_tables
WHERE schemaname = current_schema() AND NOT (
  has_table_privilege(format('%I.%I', schemaname, tablename), 'SELECT')
  AND has_table_privilege(format('%I.%I', schemaname, tablename), 'INSERT')
  AND has_table_privilege(format('%I.%I', schemaname, tablename), 'UPDATE')
  AND has_table_privilege(format('%I.%I', schemaname, tablename), 'DELETE')
)
"""
_TRIAL_OF_EMPTY: Final = "CREATE TABLE heybuddy_check (id bigint)"
_TRIAL: Final = """
UPDATE installation SET value = value WHERE false;
CREATE FUNCTION pg_temp.heybuddy_check() RETURNS int LANGUAGE sql AS 'SELECT 1'
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class PostgresSurvey:
    """What was found: versions of schema and `server`, the tables that we may not write to, and the server's `now`.

    `unsafe` names settings by which the server may lose what it has confirmed; `is_here`: on this machine, as far as
    its address tells. `own_connections` are those of our processes, `schema` is where the tables are.
    """

    version: int
    wanted: int
    server: int
    unsafe: Sequence[str]
    not_writable: str | None
    is_encrypted: bool
    is_here: bool
    connections_left: int
    own_connections: int
    schema: str
    now: datetime


class PostgresInspector:
    """Reads a database over connections that are closed again; see `Inspector`."""

    def __init__(self, connector: PostgresConnector) -> None:
        self._connector = connector

    async def inspect(self) -> Inspection:
        """Read the version and what processes write; see `Inspector.inspect`."""
        async with self._connected() as connection:
            version, wanted = await read_version(connection), migrations()[-1][0]
            is_current = version == wanted
            leases, readiness, chat_processes = [
                await connection.fetch(f"SELECT * FROM {table}") if is_current else ()  # noqa: S608 -- our own names
                for table in ("leases", "readiness", "chat_processes")
            ]
        return Inspection(
            version=version, wanted=wanted, leases=leases, readiness=readiness, chat_processes=chat_processes
        )

    async def read(self, query: str, **values: str | int) -> Sequence[Row]:
        """The rows of a named query; see `Inspector.read`."""
        translated = postgres_sql.translate(postgres_sql.load()[query])
        async with self._connected() as connection:
            if await read_version(connection) != migrations()[-1][0]:
                return ()
            rows: Sequence[Row] = await connection.fetch(translated.text, *(values[name] for name in translated.names))
            return rows

    async def read_installation_value(self, name: str) -> str | None:
        """A value of this installation, or None; see `Inspector.read_installation_value`."""
        async with self._connected() as connection:
            if not await read_version(connection):
                return None
            value: str | None = await connection.fetchval("SELECT value FROM installation WHERE name = $1", name)
            return value

    def held_locks(self) -> None:
        """None: there are no locks."""

    async def survey(self) -> PostgresSurvey:
        """Look at the server, and try to write, which is rolled back. Raises as `inspect`, also if it may not write."""
        async with self._connected() as connection:
            version = await read_version(connection)
            row = await connection.fetchrow(_SURVEY, SERVER_SETTINGS["application_name"])
            assert row is not None  # noqa: S101 -- the query always returns one
            not_writable: str | None = await connection.fetchval(_NOT_WRITABLE)
            if not_writable is None and version in {0, migrations()[-1][0]}:
                await _try_to_write(connection, _TRIAL if version else _TRIAL_OF_EMPTY)
        return PostgresSurvey(
            version=version,
            wanted=migrations()[-1][0],
            server=row["server"],
            unsafe=[name for name in ("fsync", "synchronous_commit") if row[name] == "off"],
            not_writable=not_writable,
            is_encrypted=row["encrypted"],
            is_here=row["here"],
            connections_left=row["connections_left"],
            own_connections=row["own_connections"],
            schema=row["schema"],
            now=row["now"],
        )

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Connection]:
        async with connected(self._connector) as connection:
            with limited(connection, self._connector.settings.query_timeout_s):
                yield connection


async def _try_to_write(connection: Connection, statements: str) -> None:
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute(statements)
    await transaction.rollback()
