"""Databases on a PostgreSQL server for tests: empty ones, and ones with the newest schema, copied from a template."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg

from bot.store.databases.postgres_connection import PoolSettings, PostgresConnector
from bot.store.databases.postgres_migrate import migrate, migrations

FILE_COPY_SINCE: Final = 15
"""The version of the server from which on a database can be copied file by file, which takes a sixth of the time."""

MAKES_TEMPLATE: Final = 0x68627470
"""The number of the advisory lock that is held while a template is made."""

WAITING_LOCKS: Final = """
SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database
WHERE NOT granted AND datname = current_database()
"""
"""How many wait for a lock in the database to which one is connected; others of the server may be other tests'."""


def database_url(server: str, name: str) -> str:
    """The URL of another database on the same server."""
    return urlsplit(server)._replace(path=f"/{name}").geturl()


def database_name(url: str) -> str:
    """The name of the database at `url`."""
    return urlsplit(url).path.removeprefix("/")


async def create_database(server: str, template: str | None = None) -> str:
    """The URL of a new database on `server`: empty, or a copy of the database with the name `template`."""
    name = f"heybuddy_test_{uuid4().hex}"
    async with _connected(server) as connection:
        await _create(connection, name, template)
    return database_url(server, name)


async def drop_database(url: str) -> None:
    """Delete the database at `url`, if it is there, and end all connections to it."""
    name = database_name(url)
    async with _connected(database_url(url, "postgres")) as connection:
        await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


async def schema_template(server: str) -> str:
    """The name of a database with the newest schema and no rows, to be copied. Made at most once on a server."""

    async def fill(url: str) -> None:
        await migrate(PostgresConnector(url, PoolSettings()))

    return await make_template(server, "\n".join(text for _, text in migrations()), fill)


async def make_template(server: str, contents: str, fill: Callable[[str], Awaitable[object]]) -> str:
    """The name of a database that `fill(url)` has filled, to be copied; nobody may be connected to it.

    `contents` identifies what `fill` makes: the same for the same template. Processes that need one at the same time
    make it once, and one that is killed meanwhile leaves none.
    """
    name = f"heybuddy_template_{sha256(contents.encode()).hexdigest()[:16]}"
    async with _connected(server) as connection:
        await connection.execute("SELECT pg_advisory_lock($1)", MAKES_TEMPLATE)
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            unfinished = f"{name}_unfinished"
            await connection.execute(f"DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)")
            await _create(connection, unfinished, None)
            await fill(database_url(server, unfinished))
            await connection.execute(f"ALTER DATABASE {unfinished} RENAME TO {name}")
    return name


async def _create(connection: "asyncpg.Connection[Any]", name: str, template: str | None) -> None:
    strategy = "STRATEGY file_copy" if connection.get_server_version().major >= FILE_COPY_SINCE else ""
    await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template or 'template0'} {strategy}")


@asynccontextmanager
async def _connected(url: str) -> "AsyncIterator[asyncpg.Connection[Any]]":
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def new_postgres_database(server: str) -> AsyncIterator[str]:
    """The URL of a database with the newest schema and no rows, which is dropped at the end."""
    url = await create_database(server, await schema_template(server))
    try:
        yield url
    finally:
        await drop_database(url)
