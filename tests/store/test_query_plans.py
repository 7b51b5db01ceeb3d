"""Every query of the store finds its rows by an index, with and without statistics."""

import re
import sqlite3
from collections.abc import Iterator

import pytest

from bot.store import queries
from tests.store.many_rows import LIVE_INDEXES, SMALL_TABLES, filled_database

NO_TABLE = re.compile(r"SCAN (CONSTANT ROW|\w+ VIRTUAL TABLE INDEX \d+:|p|active|concerned)$")
"""Values without a table, `json_each` of a parameter, the one-row subquery `p` of matches.update_presence, the subquery
`active` of memberships.ask_again, which holds only who waits or has a live seat, and the subquery `concerned` of
outbox.mark_stale_by_server, which holds what its parameter names."""


@pytest.fixture(scope="module")
def database() -> Iterator[sqlite3.Connection]:
    connection = filled_database()
    yield connection
    connection.close()


def table_scans(database: sqlite3.Connection, sql: str) -> list[str]:
    """The steps of a query's plan that read a whole table, or a whole index of one."""
    values = dict.fromkeys(re.findall(r"(?<!:):(\w+)", sql))
    steps = [step for *_, step in database.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
    scans = [step for step in steps if step.startswith("SCAN") and not NO_TABLE.match(step)]
    large = [step for step in scans if step.split()[1] not in SMALL_TABLES]
    return [step for step in large if step.rpartition(" USING ")[2].split()[-1] not in LIVE_INDEXES]


@pytest.mark.parametrize("statistics", [False, True])
def test_no_query_reads_a_whole_table(database: sqlite3.Connection, statistics: bool) -> None:
    """This holds with 100,000 rows, both before and after ANALYZE."""
    if statistics:
        database.execute("ANALYZE")
    scans = {name: table_scans(database, sql) for name, sql in queries.load().items()}
    assert {name: steps for name, steps in scans.items() if steps} == {}


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM tickets WHERE subject = :subject",
        "SELECT id FROM tickets ORDER BY id",
        "SELECT count(*) FROM outbox WHERE state <> 'pending'",
        "UPDATE seats SET live = 0 WHERE ticket_id IN (SELECT id FROM tickets WHERE name = :name)",
    ],
)
def test_a_query_that_reads_a_whole_table_is_noticed(database: sqlite3.Connection, sql: str) -> None:
    """It is also noticed through a covering index, in key order, and in a subquery."""
    assert table_scans(database, sql)


def test_the_live_indexes_are_partial(database: sqlite3.Connection) -> None:
    """Otherwise they would be as large as their tables."""
    rows = database.execute("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql LIKE '% WHERE %'")
    assert {name for (name,) in rows} >= LIVE_INDEXES
