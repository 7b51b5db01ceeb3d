"""Sanctions as statements: what a warning, a pause or an exclusion changes when it begins, and how one ends early."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.domain.message import SanctionDetails
from bot.domain.report import derived_id
from bot.domain.restriction import Restriction, RestrictionKind
from bot.domain.verdict import SANCTIONS, Decision
from bot.store.database import Database, Statement
from bot.store.removal import find_ban_removal
from bot.store.report_holds import lift_all, lift_restrictions
from bot.store.report_messages import sanction_message
from bot.store.report_rows import Decided, Report, members_are
from bot.store.restrictions import restriction_statements
from bot.store.times import to_ms

BEGIN: Final = "reports.begin"
"""Fails if a sanction has begun, or was lifted."""


def _server_of_sanction(report: Report) -> int | None:
    """Where what was decided counts: in the report's server, or everywhere (None)."""
    is_everywhere = report.decided is not None and report.decided.everywhere
    return None if is_everywhere else report.server_id


async def find_sanction(database: Database, report: Report, now: datetime) -> Sequence[Statement]:
    """The statements that begin what was decided, and tell its member; the list fails if it has begun or was lifted.

    Who is out for good loses search, seat and trial; the list fails as well if they get or lose one meanwhile.
    """
    begun = Statement(name=BEGIN, values={"report_id": report.id}, expect_rows=1)
    decided = report.decided
    if decided is None or decided.decision not in SANCTIONS:
        return [begun]
    is_out = decided.decision is Decision.OUT
    where = _server_of_sanction(report)
    removal = await find_ban_removal(database, report.reported_id, where, now) if is_out else ()
    until = now + timedelta(days=decided.days) if decided.days else None
    details = SanctionDetails(
        report_id=report.id,
        decision=decided.decision,
        rule=decided.rule,
        until=until,
        everywhere=decided.everywhere,
    )
    return [
        begun,
        members_are(report),
        lift_all(report.id, now),
        *_restriction(report, decided, now, until),
        *removal,
        *sanction_message(report, details, now),
    ]


def lift_sanction(report_id: str, now: datetime) -> Sequence[Statement]:
    """The statements that end a sanction, or keep it from beginning; the list fails if nothing is decided."""
    lifted = Statement(name="reports.lift", values={"report_id": report_id}, expect_rows=1)
    return [lifted, lift_restrictions(report_id, now, [RestrictionKind.PAUSE, RestrictionKind.BAN])]


def _restriction(report: Report, decided: Decided, now: datetime, until: datetime | None) -> Sequence[Statement]:
    if decided.decision is Decision.WARN:
        return []
    kind = RestrictionKind.BAN if decided.decision is Decision.OUT else RestrictionKind.PAUSE
    new = Restriction(
        id=derived_id(report.id, kind, to_ms(now)),
        kind=kind,
        member_id=report.reported_id,
        server_id=_server_of_sanction(report),
        since=now,
        until=until,
        report_id=report.id,
    )
    return restriction_statements(new, now)
