"""What tests write to a store of either database, and read from it, past its methods."""

from collections.abc import Sequence
from typing import Any

from bot.store import Store
from bot.store.database import Statement
from bot.store.databases.postgres import PostgresDatabase
from bot.store.databases.sqlite import SqliteDatabase


def set_value(name: str, value: str, expect_rows: int | None = None) -> Statement:
    """A statement that writes a value of the installation."""
    return Statement(name="installation.set", values={"name": name, "value": value}, expect_rows=expect_rows)


async def change_rows(store: Store, sql: str) -> None:
    """Carry out `sql`, which both databases understand."""
    database = store.database
    if isinstance(database, PostgresDatabase):
        connection = await database._connector.connect()
        try:
            await connection.execute(sql)
        finally:
            connection.terminate()
        return
    assert isinstance(database, SqliteDatabase)
    await database._writer.fetch(sql, {})


async def fetch_rows(store: Store, sql: str) -> Sequence[tuple[Any, ...]]:
    """The rows that `sql`, which both databases understand, returns."""
    database = store.database
    if isinstance(database, PostgresDatabase):
        async with database._pool.acquire() as connection:
            return [tuple(row.values()) for row in await connection.fetch(sql)]
    assert isinstance(database, SqliteDatabase)
    return [tuple(row) for row in await database._reader.fetch(sql, {})]
