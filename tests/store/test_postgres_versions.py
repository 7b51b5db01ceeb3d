"""Our SQL uses nothing that PostgreSQL 14 does not have: operators may run it, and the tests run a newer server."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

STORE = Path(__file__).parent.parent.parent / "bot" / "store"

SINCE_15 = r"merge into|nulls not distinct|security_invoker|strategy =? ?(file_copy|wal_log)|regexp_(count|instr|like)"
SINCE_16 = (
    r"is( not)? json|json_array(agg)?|json_objectagg|json_object_agg_(strict|unique)|any_value|random_normal"
    r"|array_(sample|shuffle)|date_(add|subtract)|pg_input_is_valid|pg_stat_io|generic_plan"
)
SINCE_17 = (
    r"json_(table|exists|value|query|scalar|serialize)|uuid_extract_\w+|xmltext|to_(bin|oct)|merge_action|on_error"
    r"|transaction_timeout"
)
SINCE_18 = (
    r"uuidv[47]|casefold|crc32c?|array_(sort|reverse)|without overlaps|not enforced|\) virtual|(old|new)\.\w+"
    r"|with \(old|file_copy_method"
)
TOO_NEW = re.compile(rf"(?<![\w.$])({SINCE_15}|{SINCE_16}|{SINCE_17}|{SINCE_18})(?!\w)", re.IGNORECASE)
NEW_NUMBER = re.compile(r"(?<![\w.$])(\d+_\d+|0[xbo][0-9a-f]+)", re.IGNORECASE)
"""Numbers as PostgreSQL reads them since 16."""

COMMENT_OR_TEXT = re.compile(r"--[^\n]*|'(?:[^']|'')*'")
TRIGGER = re.compile(r"\bRETURNS trigger\b.*?\$\$.*?\$\$", re.IGNORECASE)
"""The body of a trigger, which has always called the row that was there OLD."""
SUBQUERY = re.compile(r"\b(?:FROM|JOIN)\s*\((?=\s*(?:SELECT|VALUES)\b)", re.IGNORECASE)
ALIAS = re.compile(r"\s*AS\s+\w", re.IGNORECASE)


def after_closing(sql: str, start: int) -> str:
    """What follows the parenthesis that closes the one before `start`."""
    depth = 1
    for place in range(start, len(sql)):
        depth += (sql[place] == "(") - (sql[place] == ")")
        if not depth:
            return sql[place + 1 :]
    return ""


def without_texts(sql: str) -> str:
    """An SQL text in one line, without its comments and quoted texts."""
    return " ".join(COMMENT_OR_TEXT.sub(lambda found: " " if found[0].startswith("--") else "''", sql).split())


def find_too_new(sql: str) -> Iterator[str]:
    """What came after PostgreSQL 14; since 16, for example, a subquery in FROM may be without a name."""
    sql = TRIGGER.sub("", sql)
    yield from (found[0] for pattern in (TOO_NEW, NEW_NUMBER) for found in pattern.finditer(sql))
    for subquery in SUBQUERY.finditer(sql):
        if not ALIAS.match(after_closing(sql, subquery.end())):
            yield subquery[0]


def test_our_sql_is_not_newer_than_14() -> None:
    """Queries and schema, and what the engine says itself, of which only words are looked at."""
    folder = STORE / "databases"
    sources = [*STORE.glob("sql/*.sql"), folder / "postgres.sql", *folder.glob("postgres_migrations/*.sql")]
    found = {source.name: [*find_too_new(without_texts(source.read_text(encoding="utf-8")))] for source in sources}
    for source in folder.glob("postgres*.py"):
        found[source.name] = [word[0] for word in TOO_NEW.finditer(source.read_text(encoding="utf-8"))]
    assert found.keys() >= {"tickets.sql", "postgres.sql", "0006_schema.sql", "postgres_sql.py"}
    assert {name: words for name, words in found.items() if words} == {}


@pytest.mark.parametrize(
    "sql",
    [
        "MERGE INTO tickets USING seats ON true WHEN MATCHED THEN DELETE",
        "CREATE TABLE t (id bigint, UNIQUE NULLS NOT DISTINCT (id))",
        "SELECT subjects IS JSON FROM servers",
        "SELECT * FROM (SELECT id FROM (SELECT 1 AS id) AS named) WHERE id = 1",
        "SELECT JSON_ARRAYAGG(id) FROM tickets",
        "SELECT * FROM json_table(:ids, '$[*]')",
        "SELECT 10_000",
        "SELECT any_value(id) FROM tickets",
        "SET transaction_timeout = 1",
        "UPDATE servers SET open = 1 RETURNING old.open",
        "SELECT uuidv7()",
    ],
)
def test_something_newer_is_noticed(sql: str) -> None:
    """Of each version one or two."""
    assert list(find_too_new(without_texts(sql)))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM (SELECT 1 AS id) AS named",
        "SELECT 'MERGE INTO' -- IS JSON",
        "SELECT renew.id FROM renew",
        "SELECT json_object_agg(id, version), json_array_elements_text(ids) FROM tickets",
        "SELECT id FROM tickets WHERE id IN (SELECT id FROM seats)",
    ],
)
def test_what_14_has_is_taken(sql: str) -> None:
    """Also where it looks alike."""
    assert list(find_too_new(without_texts(sql))) == []
