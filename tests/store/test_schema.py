"""The schema checks every code, flag and JSON text, and knows exactly the codes of the domain."""

import re
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from pathlib import Path

import pytest

from bot.domain.age_group import AgeGroup
from bot.domain.browser_session import BrowserSessionState
from bot.domain.gate import Gate
from bot.domain.invitation import InvitationState
from bot.domain.match import EndReason, MatchKind, MatchState
from bot.domain.message import MessageKind, MessageState, Route
from bot.domain.report import ReportPlace, ReportReason, ReportSide
from bot.domain.restriction import RestrictionKind
from bot.domain.room import MediaSource, RoomAction
from bot.domain.server import Audience
from bot.domain.ticket import TicketState
from bot.domain.verdict import AppealOutcome, Decision
from bot.store import migrate
from tests.store.many_rows import FILL, fill_table

CODES: Mapping[str, type[StrEnum]] = {
    "servers.audience": Audience,
    "servers.gate": Gate,
    "restrictions.kind": RestrictionKind,
    "reports.place": ReportPlace,
    "reports.reason": ReportReason,
    "reports.decision": Decision,
    "appeals.side": ReportSide,
    "appeals.outcome": AppealOutcome,
    "memberships.age_group": AgeGroup,
    "tickets.state": TicketState,
    "matches.kind": MatchKind,
    "matches.state": MatchState,
    "matches.reason": EndReason,
    "invitations.state": InvitationState,
    "invitations.delivered_by": Route,
    "browser_sessions.state": BrowserSessionState,
    "media_times.source": MediaSource,
    "outbox.kind": MessageKind,
    "outbox.route": Route,
    "outbox.state": MessageState,
    "room_orders.action": RoomAction,
}
NOT_STORED: Mapping[str, Collection[StrEnum]] = {
    "browser_sessions.state": {BrowserSessionState.ENDED},
    "invitations.delivered_by": {Route.STAFF},
}
"""Codes that a column never has."""
FLAGS = {
    "servers.paused",
    "servers.open",
    "servers.hides_partner_video",
    "tickets.front",
    "tickets.paused",
    "seats.live",
    "seats.left_for_good",
    "seats.side",
    "interactions.card",
    "postponed_searches.moves",
    "leases.locked",
    "memberships.urgent",
    "reports.side",
    "reports.announced",
    "reports.blocked_before",
    "reports.about_staff",
    "reports.to_operator",
    "reports.everywhere",
    "staff_members.reads",
    "chat_processes.token_refused",
}
JSON = {
    "servers.subjects",
    "servers.lengths",
    "servers.languages",
    "servers.rules",
    "setup_drafts.fields",
    "postponed_searches.wishes",
    "postponed_searches.remembered",
    "members.wishes",
    "tickets.wishes",
    "matches.agreement",
    "outbox.payload",
    "reports.evidence",
    "chat_processes.shard_ids",
}


CHECK = re.compile(r"(\w+) (?:TEXT|INTEGER)[^,()]* CHECK \(((?:[^()]|\([^()]*\))*)\)")
"""A column with a CHECK, and what is checked."""


@pytest.fixture
def connection(database: Path) -> Iterator[sqlite3.Connection]:
    """A new database with one row in every table."""
    migrate(database)
    opened = sqlite3.connect(database, isolation_level=None)
    for table in FILL:
        fill_table(opened, table, rows=1)
    yield opened
    opened.close()


def checks(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Every column with a CHECK, as `table.column`, and what is checked."""
    for table, sql in connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table'"):
        for column, condition in CHECK.findall(sql):
            yield f"{table}.{column}", condition


def stored(column: str) -> list[StrEnum]:
    """The codes that a column can have."""
    return [code for code in CODES[column] if code not in NOT_STORED.get(column, ())]


def test_the_codes_are_those_of_the_domain(connection: sqlite3.Connection) -> None:
    """A code that is added to an enum is added to the schema, and no column with codes is forgotten here."""
    found = {column: set(re.findall(r"'(\w+)'", condition)) for column, condition in checks(connection)}
    codes = {column: {str(code) for code in stored(column)} for column in CODES}
    assert {column: listed for column, listed in found.items() if listed} == codes


def test_every_check_is_tested_here(connection: sqlite3.Connection) -> None:
    """Codes, flags and JSON: each column with a CHECK is in one of the three lists."""
    assert {column for column, _ in checks(connection)} == CODES.keys() | FLAGS | JSON


def update_column(connection: sqlite3.Connection, column: str, value: object) -> int:
    """Set a column, given as `table.column`, in its only row; returns how many rows there were."""
    table, name = column.split(".")
    update = f"UPDATE {table} SET {name} = :value"  # noqa: S608 -- our own names
    return connection.execute(update, {"value": value}).rowcount


def test_a_wrong_value_is_refused(connection: sqlite3.Connection) -> None:
    """The database itself refuses it."""
    wrong = [
        *((column, "nonsense") for column in CODES),
        *((column, value) for column in sorted(FLAGS) for value in (2, -1)),
        *((column, "{") for column in sorted(JSON)),
    ]
    for column, value in wrong:
        with pytest.raises(sqlite3.IntegrityError, match="CHECK constraint failed"):
            update_column(connection, column, value)


def test_a_right_value_is_accepted(connection: sqlite3.Connection) -> None:
    """Every code, both values of a flag, any JSON; no wishes before the first search, no reason before the end."""
    right = [
        *((column, str(code)) for column in CODES for code in stored(column)),
        *((column, value) for column in sorted(FLAGS) for value in (0, 1)),
        *((column, value) for column in sorted(JSON) for value in ("null", "[]", '{"a":"ä"}')),
        ("members.wishes", None),
        ("matches.reason", None),
    ]
    assert [update_column(connection, column, value) for column, value in right] == [1] * len(right)
