"""Every query of the store finds its rows by an index on PostgreSQL too, once it has statistics."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import asyncpg
import pytest

from bot.store.databases import postgres_sql
from bot.store.databases.postgres_connection import SERVER_SETTINGS, Connection
from bot.store.databases.postgres_sql import TYPES, read_from_json, translate
from tests.store.many_rows import FILL, LIVE_INDEXES, ROWS, SMALL_TABLES, insertion

NOW = ROWS * 1000
"""The time of the newest row."""

VALUES: Mapping[str, object] = {
    "limit": 200,
    "before": 200,
    "seen_before": 200,
    "ahead": NOW + 10_000,
    "at_most": 90 * NOW,
    "apart_at_most": 90 * NOW,
    "latest": NOW + 1_000_000,
    "ids": ["0000005", "0000500"],
    "member_ids": [5000, 6000, ROWS + 500],
    "server_ids": [500, 501],
    "states": ["inviting"],
    "pools": ["5", "5:adult"],
    "came_to_nothing": ["declined"],
    "link_kinds": ["invitation", "reminder", "new_link"],
    "match_kinds": ["invitation", "reminder", "new_link", "trial"],
    "search_kinds": ["card", "unmatched", "paused"],
    "routes": ["card", "direct"],
    "replaceable": ["card"],
    "requeued": [5000],
    "present": ["0000005"],
    "kinds": ["hold", "sanction", "staff_alert"],
    "sanctions": ["warn", "pause", "out"],
    "severe_reasons": ["sexual", "recorded"],
    "useful_for": {"invitation": 5},
}
"""Values for which few rows are found, as in operation; the others by the kind of the parameter."""

OTHERS: Mapping[str, object] = {"bigint": 5000, "text": "0005000", "bytea": b"0005000"}

ENOUGH = 6
"""From this execution on PostgreSQL may use a plan for any values, if it takes that to be as good."""

READ_WHOLE = {
    "outbox.mark_stale_by_server": {"tickets_by_member"},
    "browser_sessions.pull_back": {"browser_sessions_by_seat"},
    "matches.end_trial": {"matches_trials"},
    "matches.find_trial": {"matches_trials"},
    "matches.finished_trials": {"matches_trials"},
}
"""Indexes that are read whole, because much is looked for at once: when a server is closed or opened, the cards of all
who have searched there; once a minute, the sessions of all live matches.

Both are right as they are. With as many rows as are looked for, one walk along the index costs less than a search for
each, and both queries are rare: an index of their own would cost a write with every search and every visit instead.

Where there is no trial, PostgreSQL knows it from the index of trials, which is empty."""


@pytest.fixture
async def connection(postgres_url: str) -> AsyncIterator[Connection]:
    """A connection with the settings of ours to a new database."""
    connection = await asyncpg.connect(postgres_url, server_settings=dict(SERVER_SETTINGS))
    yield connection
    await connection.close()


async def fill_database(connection: Connection) -> None:
    """Insert all rows of `FILL`, without their indexes, which takes a third of the time, and collect statistics."""
    indexes = await connection.fetch(
        """SELECT indexname AS name, indexdef AS sql FROM pg_indexes
        WHERE schemaname = 'public' AND indexname NOT IN (SELECT conname FROM pg_constraint)"""
    )
    await connection.execute("SET session_replication_role = replica")  # references are not checked
    await connection.execute(f"DROP INDEX {', '.join(index['name'] for index in indexes)}")
    for table, (rows, _) in FILL.items():
        await connection.execute(insertion(table, rows=rows, binary="bytea", clause="OVERRIDING SYSTEM VALUE"))
    await connection.execute("; ".join(index["sql"] for index in indexes))
    await connection.execute("ANALYZE")


def example(name: str) -> object:
    """A value for a parameter."""
    is_time = name == "now" or name.endswith(("_at", "_before", "_after"))
    return VALUES.get(name, NOW - 60_000 if is_time else OTHERS[TYPES[name]])


def literal(value: object) -> str:
    """A value written in SQL; lists and objects as the text of their JSON."""
    if isinstance(value, int):
        return str(value)
    text = value if isinstance(value, str) else f"\\x{value.hex()}" if isinstance(value, bytes) else json.dumps(value)
    return f"'{text}'"


def as_read(sql: str) -> tuple[str, str]:
    """A prepared query and its arguments, as the store reads."""
    query = translate(sql)
    arguments = ", ".join(literal(example(name)) for name in query.names)
    return f"PREPARE query AS {query.text}", f"({arguments})" if arguments else ""


def as_written(sql: str) -> tuple[str, str]:
    """The same with its values in a JSON object, as the store writes."""
    values = {name: example(name) for name in translate(sql).names}
    texts = {
        name: value if isinstance(value, int | str) else value.hex() if isinstance(value, bytes) else json.dumps(value)
        for name, value in values.items()
    }
    return f"PREPARE query (jsonb) AS {read_from_json(sql, '$1')}", f"({literal(texts)})"


async def final_plan(connection: Connection, prepared: tuple[str, str]) -> Mapping[str, Any]:
    """The plan that PostgreSQL settles on for a prepared query with its arguments."""
    preparation, arguments = prepared
    await connection.execute(preparation)
    explain = f"EXPLAIN (FORMAT JSON) EXECUTE query{arguments}"
    *_, last = [await connection.fetchval(explain) for _ in range(ENOUGH)]
    await connection.execute("DEALLOCATE query")
    plan: Mapping[str, Any] = json.loads(last)[0]["Plan"]
    return plan


def read_whole(plan: Mapping[str, Any]) -> Iterator[str]:
    """The tables and indexes that a plan reads from end to end."""
    if plan["Node Type"] == "Seq Scan" and plan["Relation Name"] not in SMALL_TABLES:
        yield plan["Relation Name"]
    index = plan.get("Index Name")
    if (
        index
        and "Index Cond" not in plan
        and index not in LIVE_INDEXES
        and plan.get("Relation Name") not in SMALL_TABLES
    ):
        yield index
    for inner in plan.get("Plans", ()):
        yield from read_whole(inner)


async def test_no_query_reads_a_whole_table(connection: Connection) -> None:
    """With 100,000 rows and fresh statistics, in the two forms that queries have."""
    await fill_database(connection)
    for form in (as_read, as_written):
        plans = {name: await final_plan(connection, form(sql)) for name, sql in postgres_sql.load().items()}
        found = {name: set(read_whole(plan)) for name, plan in plans.items()}
        assert {name: indexes for name, indexes in found.items() if indexes} == READ_WHOLE


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("SELECT * FROM tickets WHERE subject = :subject", "tickets"),
        ("SELECT id FROM tickets ORDER BY id", "tickets_pkey"),
        ("SELECT count(*) FROM tickets WHERE version = 5", "tickets"),
        (
            "UPDATE seats SET live = 0 WHERE member_id = (SELECT max(version) FROM tickets WHERE name = :name)",
            "tickets",
        ),
    ],
)
async def test_a_query_that_reads_a_whole_table_is_noticed(connection: Connection, sql: str, name: str) -> None:
    """It is also noticed in key order and in a subquery."""
    assert name in list(read_whole(await final_plan(connection, as_read(sql))))
