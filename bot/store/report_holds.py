"""Holds: what keeps the member of a severe report from new matches before anybody has read it."""

from collections.abc import Collection, Sequence
from datetime import datetime

from bot.domain.pseudonym import pseudonym_of
from bot.domain.report import derived_id, hold_ends_at
from bot.domain.restriction import HOLD_FOR, Restriction, RestrictionKind
from bot.store.codec import encode
from bot.store.database import Database, Statement
from bot.store.report_rows import Report
from bot.store.restrictions import restriction_statements
from bot.store.times import from_ms, to_ms


class ReportHolds:
    """Begins holds."""

    def __init__(self, database: Database, *, privacy_key: bytes) -> None:
        self._database = database
        self._privacy_key = privacy_key

    async def begin(self, report: Report, now: datetime, *, reporter: int | None = None) -> Sequence[Statement]:
        """The statements of the hold that a report leads to; they fail if another one has ended meanwhile.

        It begins when the report cannot be undone any more. Until then its member can search, but is not matched.

        There are none if it is not severe, if staff have found its reporter to be malicious lately, or if such reports
        have held the member for as long as they can before a person decides. `reporter` is who files the report, by
        id or pseudonym, if it is new.
        """
        if not report.is_severe or await self._is_malicious(report, reporter, now):
            return []
        values = {
            "member_id": report.reported_id,
            "pseudonym": pseudonym_of(self._privacy_key, report.reported_id),
            "server_id": report.server_id,
            "now": to_ms(now),
        }
        rows = await self._database.all("restrictions.find_undecided_holds", **values)
        guard = Statement(name="restrictions.undecided_holds_are", values={**values, "count": len(rows)}, expect_rows=1)
        until = hold_ends_at(now, HOLD_FOR, [from_ms(int(row["until"])) for row in rows])
        since = max(now, report.undo_until)
        return [guard] if until is None else [guard, *restriction_statements(_hold(report, since, until), now)]

    async def _is_malicious(self, report: Report, reporter: int | None, now: datetime) -> bool:
        """Whether its reporter was found to be, also if they have deleted their data since, or did before."""
        reporter = report.reporter_id if reporter is None else reporter
        names = {
            "member_id": reporter,
            "pseudonym": None if reporter is None else pseudonym_of(self._privacy_key, reporter),
        }
        row = await self._database.one("malicious_reporters.find", report_id=report.id, **names, now=to_ms(now))
        return row is not None


def renew_hold(report: Report, now: datetime) -> Sequence[Statement]:
    """The statements that hold the reported member from `now` on for `HOLD_FOR`, in the place of the report's hold.

    Repeating them at the same moment changes nothing.
    """
    hold = _hold(report, now, now + HOLD_FOR)
    others = {"report_id": report.id, "id": hold.id, "now": to_ms(now)}
    return [Statement(name="restrictions.lift_other_holds", values=others), *restriction_statements(hold, now)]


def _hold(report: Report, since: datetime, until: datetime) -> Restriction:
    return Restriction(
        id=derived_id(report.id, RestrictionKind.HOLD, to_ms(since), to_ms(until)),
        kind=RestrictionKind.HOLD,
        member_id=report.reported_id,
        server_id=report.server_id,
        since=since,
        until=until,
        report_id=report.id,
    )


def lift_restrictions(report_id: str, now: datetime, kinds: Collection[RestrictionKind]) -> Statement:
    """The statement that ends what a report has led to, of these kinds."""
    values = {"report_id": report_id, "now": to_ms(now), "kinds": encode(sorted(kinds))}
    return Statement(name="restrictions.lift_by_report", values=values)


def delete_holds(report_id: str) -> Statement:
    """The statement that takes back the hold of a report that can still be undone: it leaves no trace."""
    return Statement(name="restrictions.delete_holds", values={"report_id": report_id})


def lift_all(report_id: str, now: datetime) -> Statement:
    """The statement that ends whatever a report has led to, before it was decided again too."""
    return lift_restrictions(report_id, now, list(RestrictionKind))


def lift_hold(report_id: str, now: datetime) -> Statement:
    """The statement that ends the hold of a report."""
    return lift_restrictions(report_id, now, [RestrictionKind.HOLD])
