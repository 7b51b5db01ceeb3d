"""Every table and column is thought of: what a copy has of it, and what becomes of it when its member deletes it."""

import sqlite3
from collections import defaultdict
from pathlib import Path

from bot.store import migrate
from bot.store.personal_tables import IMPERSONAL, PERSONAL
from bot.store.retention import KEPT_FOR

MADE_BY_QUERIES = {
    "seats.partner_name",
    "blocks.blocked_name",
    "last_meetings.last_day",
    "restrictions.in_force",
    "pseudonyms.is_kept",
}
"""What a copy shows that is no column."""


def test_every_table_and_column_is_listed(database: Path) -> None:
    """A table or column that comes later fails here until somebody has said what it holds."""
    migrate(database)
    opened = sqlite3.connect(database)
    columns: defaultdict[str, set[str]] = defaultdict(set)
    for table, column in opened.execute(
        "SELECT t.name, c.name FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c WHERE t.type = 'table'"
    ):
        columns[table].add(column)
    opened.close()
    assert PERSONAL.keys() | IMPERSONAL.keys() == columns.keys()
    assert not PERSONAL.keys() & IMPERSONAL.keys()
    for table, personal in PERSONAL.items():
        assert not personal.columns.keys() & personal.withheld.keys(), table
        described = {*personal.columns, *personal.withheld}
        assert {each for each in described if f"{table}.{each}" not in MADE_BY_QUERIES} == columns[table], table


def test_what_is_said_of_ages_is_what_is_done() -> None:
    """Each table gets old by an entry that exists, or by none at all; each is spoken of somewhere."""
    for table, personal in PERSONAL.items():
        assert personal.kept_as is None or personal.kept_as in KEPT_FOR, table
        assert (personal.kept_as is None) == (table in {"blocks", "gate_reminders"}), table
        assert personal.shown_with is None or PERSONAL[personal.shown_with].shown_with is None


def test_every_table_is_erased_or_hangs_on_one_that_is() -> None:
    """Matches, and what was sent in them, have no id of a member: their seats do, and those are erased."""
    assert {table for table, personal in PERSONAL.items() if not personal.erase} == {"matches", "media_times"}
