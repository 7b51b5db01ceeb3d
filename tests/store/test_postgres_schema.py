"""The schema is the same on both databases, as their own catalogues describe it."""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import asyncpg
import pytest

from bot.store.databases.sqlite_migrate import migrate
from tests.postgres_databases import create_database, drop_database

IN_POSTGRESQL: Mapping[str, str] = {
    r"\bid INTEGER PRIMARY KEY": "id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    r"\bINTEGER\b": "bigint",
    r"\bTEXT\b": 'text COLLATE "C"',
    r"\bBLOB\b": "bytea",
    r"\bjson_valid\((\w+)\)": r"\1::json IS NOT NULL",
    r"\) STRICT$": ")",
}
"""How SQLite's schema is written for PostgreSQL."""

DESCRIBE = """
SELECT concat_ws(' ', 'column', c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), l.collname,
  CASE WHEN a.attnotnull THEN 'not null' END, pg_get_expr(d.adbin, d.adrelid), nullif(a.attidentity::text, ''))
FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
LEFT JOIN pg_collation AS l ON l.oid = a.attcollation
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v') AND a.attnum > 0 AND NOT a.attisdropped
UNION
SELECT concat_ws(' ', 'constraint', c.relname, k.conname, pg_get_constraintdef(k.oid))
FROM pg_class AS c JOIN pg_constraint AS k ON k.conrelid = c.oid WHERE c.relnamespace = 'public'::regnamespace
UNION
SELECT concat_ws(' ', 'index', indexdef) FROM pg_indexes WHERE schemaname = 'public'
UNION
SELECT concat_ws(' ', 'view', viewname, definition) FROM pg_views WHERE schemaname = 'public'
"""
"""One line for each column, constraint, index and view."""

TABLES_FIRST = """SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND type <> 'trigger'
ORDER BY type <> 'table', sql LIKE '%REFERENCES seats%', rowid"""
"""What makes SQLite's schema, with every table behind those that it refers to: seats were made again by a migration.

Triggers are written otherwise in PostgreSQL; tests of what they guard run on both.
"""

VERSIONS = "schema_migrations"
"""The table of the migrations that were done, for which SQLite uses the header of its file."""


def migration_numbers(folder: str) -> list[int]:
    """The numbers of the migrations in a folder, in order."""
    return sorted(int(file.name[:4]) for file in files("bot.store.databases").joinpath(folder).iterdir())


async def describe(url: str) -> set[str]:
    connection = await asyncpg.connect(url)
    try:
        return {line for (line,) in await connection.fetch(DESCRIBE) if VERSIONS not in line}
    finally:
        await connection.close()


async def execute(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


def sqlite_schema(database: Path) -> str:
    """The schema of a new SQLite file, as PostgreSQL would write it, but for triggers: these differ."""
    migrate(database)
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(TABLES_FIRST).fetchall()
    text = [sql for (sql,) in rows]
    for pattern, replacement in IN_POSTGRESQL.items():
        text = [re.sub(pattern, replacement, sql) for sql in text]
    return ";\n".join(text)


@pytest.fixture
async def sqlites(postgres_server: str, database: Path) -> AsyncIterator[str]:
    """A PostgreSQL database with the newest schema of SQLite."""
    url = await create_database(postgres_server)
    await execute(url, await asyncio.to_thread(sqlite_schema, database))
    yield url
    await drop_database(url)


async def test_both_databases_have_the_same_schema(postgres_url: str, sqlites: str) -> None:
    """Tables, columns, keys, references, checks, indexes and views, read from a real file and a real server."""
    found, expected = await describe(postgres_url), await describe(sqlites)
    assert found - expected == set()
    assert expected - found == set()
    assert {line.split()[0] for line in found} == {"column", "constraint", "index", "view"}


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE tickets DROP COLUMN subject",
        "ALTER TABLE tickets ALTER COLUMN subject DROP NOT NULL",
        "ALTER TABLE outbox ALTER COLUMN changes DROP DEFAULT",
        "ALTER TABLE tickets ALTER COLUMN front TYPE integer",
        "ALTER TABLE members ALTER COLUMN wishes TYPE text",
        "ALTER TABLE matches DROP CONSTRAINT matches_reason_check",
        "ALTER TABLE seats DROP CONSTRAINT seats_match_id_fkey",
        "ALTER TABLE blocks DROP CONSTRAINT blocks_pkey",
        "ALTER TABLE room_orders ALTER COLUMN id DROP IDENTITY",
        "DROP INDEX one_live_seat; CREATE UNIQUE INDEX one_live_seat ON seats (member_id)",
        "DROP INDEX seats_by_member",
        "DROP VIEW seat_in_match",
        "CREATE TABLE another (id bigint)",
    ],
)
async def test_a_difference_is_noticed(postgres_url: str, change: str) -> None:
    """Whatever is missing, or different, on one side."""
    before = await describe(postgres_url)
    await execute(postgres_url, change)
    assert await describe(postgres_url) != before


def test_migrations_have_the_same_numbers() -> None:
    """A version means the same on both databases; PostgreSQL begins with the whole schema."""
    first, *later = migration_numbers("postgres_migrations")
    assert [first, *later] == [number for number in migration_numbers("sqlite_migrations") if number >= first]
