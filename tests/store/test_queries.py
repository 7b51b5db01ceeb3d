"""Named queries: every one is used, and every name that is used exists."""

import re
from pathlib import Path

from bot.store import queries
from bot.store.clock_correction import PULLED_BACK
from bot.store.retention import KEPT_FOR

STORE = Path(queries.__file__).parent


def test_a_file_holds_queries_by_name() -> None:
    """Comments stay with their query, its semicolon is removed, and text before the first name is ignored."""
    text = "-- A file.\n\n-- name: one\n-- Says one.\nSELECT 1;\n\n-- name: two\nSELECT ';' AS two;\n"
    assert queries.parse(text) == {"one": "-- Says one.\nSELECT 1", "two": "SELECT ';' AS two"}


def test_every_query_is_used_and_every_used_one_exists() -> None:
    """Queries that nothing runs are found, and so are misspelt names, before their first call."""
    tables = {name.partition(".")[0] for name in queries.load()}
    named = re.compile(rf'"((?:{"|".join(tables)})\.\w+)"')
    used = {name for path in STORE.rglob("*.py") for name in named.findall(path.read_text(encoding="utf-8"))}
    built = {f"{table}.delete_expired" for table in KEPT_FOR} | {f"{table}.pull_back" for table in PULLED_BACK}
    assert used | built == queries.load().keys()


def test_a_query_is_in_the_file_of_the_table_it_writes() -> None:
    """`matches.end` is found in `matches.sql`."""
    writes = re.compile(r"^(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)", re.MULTILINE)
    written = {name: set(writes.findall(sql)) for name, sql in queries.load().items()}
    assert {name: tables for name, tables in written.items() if tables - {name.partition(".")[0]}} == {}
