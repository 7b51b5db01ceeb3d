"""Queries in PostgreSQL's dialect: parameters, the few other bodies, and a real server that takes every one of them."""

import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import closing
from importlib.resources import files

import asyncpg
import pytest

from bot.store import queries
from bot.store.databases import postgres_sql
from bot.store.databases.postgres_sql import PostgresQuery, read_from_json, translate
from bot.store.databases.sqlite_migrate import migrations

KINDS = {"int8", "int4", "text", "bytea"}
"""The types of columns that asyncpg reads as the same Python values as SQLite's: no booleans, no decimals, no JSON."""


def test_parameters_are_numbered_and_typed() -> None:
    """A name that comes again keeps its number; comments, quoted texts and casts are left alone."""
    sql = """SELECT ':no', ":no", 1::text -- :no, it's
      WHERE id = :id AND seen_at = :now - :limit AND at = :now AND hash = :token_hash"""
    assert translate(sql) == PostgresQuery(
        named=sql,
        text="""SELECT ':no', ":no", 1::text -- :no, it's
      WHERE id = $1::text AND seen_at = $2::bigint - $3::bigint AND at = $2::bigint AND hash = $4::bytea""",
        names=("id", "now", "limit", "token_hash"),
    )


def test_parameters_from_a_json_object() -> None:
    """They have the same types; bytes are hexadecimal digits there."""
    sql = "SELECT :id, :now, ':now', :token_hash"
    assert read_from_json(sql, "v") == (
        "SELECT (v->>'id')::text, (v->>'now')::bigint, ':now', decode((v->>'token_hash'), 'hex')"
    )


@pytest.mark.parametrize("rendering", [translate, lambda sql: read_from_json(sql, "v")])
def test_a_parameter_without_a_type(rendering: object) -> None:
    """It is noticed when the query is translated, not when it is used."""
    assert callable(rendering)
    with pytest.raises(KeyError, match="unheard_of"):
        rendering("SELECT :unheard_of")


def test_every_type_is_used() -> None:
    """No name stands in the table that no query has."""
    used = {name for sql in queries.load().values() for name in translate(sql).names}
    assert postgres_sql.TYPES.keys() == used


def own_bodies() -> Mapping[str, str]:
    """The queries of which PostgreSQL has a body of its own."""
    return queries.parse((files("bot.store.databases") / "postgres.sql").read_text(encoding="utf-8"))


def test_a_body_of_its_own_replaces_a_shared_one() -> None:
    """It takes the same parameters, and does not just repeat the shared one."""
    shared, own = queries.load(), own_bodies()
    assert postgres_sql.load() == {**shared, **own}
    assert own.keys() <= shared.keys()
    for name, sql in own.items():
        assert sql != shared[name]
        assert set(translate(sql).names) == set(translate(shared[name]).names), name


@pytest.fixture
async def connection(postgres_url: str) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    """A connection to a new database with the newest schema."""
    connection = await asyncpg.connect(postgres_url)
    yield connection
    await connection.close()


async def test_the_server_takes_every_query(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Their results are of types that become the same values in Python as SQLite's."""
    for name, sql in postgres_sql.load().items():
        columns = (await connection.prepare(translate(sql).text)).get_attributes()
        assert {column.type.name for column in columns} <= KINDS, name


async def test_a_body_of_its_own_has_the_same_columns(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Callers read them by name."""
    with closing(sqlite3.connect(":memory:")) as sqlite:
        for _, text in migrations():
            sqlite.executescript(text)
        for name, sql in own_bodies().items():
            query = translate(sql)
            columns = (await connection.prepare(query.text)).get_attributes()
            cursor = sqlite.execute(queries.load()[name], dict.fromkeys(query.names))
            assert [column.name for column in columns] == [column for column, *_ in cursor.description], name


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        ("SELECT :now - 1 = id FROM tickets", asyncpg.UndefinedFunctionError),
        ("SELECT id FROM tickets WHERE open", asyncpg.UndefinedColumnError),
        ("UPDATE servers SET open = (audience = 'adults')", asyncpg.DatatypeMismatchError),
    ],
)
async def test_a_query_for_sqlite_only_is_refused(
    connection: "asyncpg.Connection[asyncpg.Record]", sql: str, error: type[Exception]
) -> None:
    """So that the test above can fail."""
    with pytest.raises(error):
        await connection.prepare(translate(sql).text)


@pytest.mark.parametrize(
    ("sql", "values"),
    [
        ("SELECT min(:member_0, :member_1) AS a, max(:member_0, :member_1) AS b", {"member_0": 2**53, "member_1": -1}),
        ("SELECT min(:member_0, :member_1) AS a, max(:member_0, :member_1) AS b", {"member_0": 7, "member_1": 7}),
        ("SELECT min(:member_0, :member_1) AS a, max(:member_0, :member_1) AS b", {"member_0": None, "member_1": 7}),
        ("SELECT min(:member_0, :member_1) AS a, max(:member_0, :member_1) AS b", {"member_0": 7, "member_1": None}),
        ("SELECT value FROM json_each(:ids)", {"ids": '["b", "a", "ä\\n"]'}),
        ("SELECT value FROM json_each(:ids)", {"ids": "[]"}),
        ("SELECT value FROM json_each(:ids)", {"ids": None}),
        ("SELECT CAST(value AS bigint) AS id FROM json_each(:member_ids)", {"member_ids": "[9007199254740993, -5]"}),
        ("SELECT json_extract(:payload, '$.shows') AS shows", {"payload": '{"text": "", "shows": "ä"}'}),
        ("SELECT json_extract(:payload, '$.shows') AS shows", {"payload": '{"text": ""}'}),
        ("SELECT json_extract(:payload, '$.shows') AS shows", {"payload": "null"}),
        (
            "SELECT CAST(json_extract(:useful_for, '$.' || :kind) AS bigint) AS ms",
            {"useful_for": '{"no_show": 5}', "kind": "no_show"},
        ),
        ("SELECT 'card:' || :member_id AS id", {"member_id": 2**53 + 1}),
        ("SELECT 1 AS one WHERE NOT (:role_id = 1)", {"role_id": None}),
    ],
)
async def test_what_queries_use_means_the_same(
    connection: "asyncpg.Connection[asyncpg.Record]", sql: str, values: Mapping[str, str | int | None]
) -> None:
    """SQLite's own functions, and ours of the same names, also for values that are missing."""
    query = translate(sql)
    theirs = [tuple(row) for row in await connection.fetch(query.text, *(values[name] for name in query.names))]
    with closing(sqlite3.connect(":memory:")) as sqlite:
        assert sqlite.execute(sql, values).fetchall() == theirs
