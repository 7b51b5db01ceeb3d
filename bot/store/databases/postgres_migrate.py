"""Brings a PostgreSQL database to the newest schema: numbered SQL files, forward only, all or nothing."""

from collections.abc import Sequence
from typing import Final

from bot.store.database import ForeignDatabase, NewerDatabase
from bot.store.databases.migrations import read_migrations
from bot.store.databases.postgres_connection import Connection, PostgresConnector, connected, limited
from bot.store.databases.postgres_writer import WRITE_LOCK

FOREIGN: Final = (
    "The database belongs to another program and was left as it is. Make an empty one, for example by "
    "`createdb heybuddy`, and name it in store.database."
)
TURN_WITHIN: Final = 60.0
"""Seconds to wait for other processes that change tables, and for transactions of other programs."""
VERSIONS: Final = "schema_migrations"
"""Our table of the migrations that were done; whatever has it is ours."""


async def migrate(connector: PostgresConnector, *, turn_within_s: float = TURN_WITHIN) -> Sequence[int]:
    """Create or upgrade the tables; returns the numbers of the migrations that ran, none if they are up to date.

    Concurrent processes take turns, and nobody writes meanwhile. Raises NewerDatabase and ForeignDatabase for a
    database that this version must not touch, and StoreUnavailable, also if it waits in vain for `turn_within_s`.
    """
    async with connected(connector, limits_queries=False) as connection:
        transaction = connection.transaction()
        with limited(connection, turn_within_s + connector.settings.query_timeout_s):
            await connection.execute(f"SET lock_timeout = {round(turn_within_s * 1000)}")
            await transaction.start()
            await connection.execute(f"SELECT pg_advisory_xact_lock({WRITE_LOCK})")
            version = await read_version(connection)
        missing = [(number, sql) for number, sql in migrations() if number > version]
        if not version:
            await connection.execute(f"CREATE TABLE {VERSIONS} (number bigint PRIMARY KEY)")
        for number, sql in missing:
            await connection.execute(sql)
            await connection.execute(f"INSERT INTO {VERSIONS} (number) VALUES ($1)", number)  # noqa: S608 -- our own name
        await transaction.commit()
    return [number for number, _ in missing]


def makes_new_database(applied: Sequence[int]) -> bool:
    """Whether the migrations `applied` have made the tables in an empty database."""
    return list(applied[:1]) == [migrations()[0][0]]


def migrations() -> Sequence[tuple[int, str]]:
    """Number and SQL text of every migration, in order."""
    return read_migrations("postgres_migrations")


async def read_version(connection: Connection) -> int:
    """The number of the newest migration, 0 for an empty database. Raises NewerDatabase and ForeignDatabase."""
    tables = {
        row["name"]
        for row in await connection.fetch("SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()")
    }
    if VERSIONS not in tables:
        if tables:
            raise ForeignDatabase(FOREIGN)
        return 0
    version: int = await connection.fetchval(f"SELECT max(number) FROM {VERSIONS}")  # noqa: S608 -- our own name
    if version > migrations()[-1][0]:
        raise NewerDatabase(NewerDatabase.__doc__)
    return version
