"""Appeals: second looks at what was decided about a report, one for each of its two members."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from bot.domain.pseudonym import pseudonym_of
from bot.domain.report import KEPT_UNDECIDED_FOR, WORDS_AT_MOST, Escalation, ReportSide
from bot.domain.report_reader import Reader, ReportAction
from bot.domain.verdict import SANCTIONS, AppealOutcome
from bot.store.codec import encode
from bot.store.database import Database, Row, Statement, StoreError, UnexpectedRowCount
from bot.store.report_access import ReportAccess
from bot.store.report_messages import appeal_alerts, appeal_message
from bot.store.report_rows import Report, ReportFinder
from bot.store.report_sanctions import lift_sanction
from bot.store.rows import RowReader
from bot.store.times import from_ms, to_ms

MOST_LISTED: Final = 200
_ACTIONS: Final[Mapping[AppealOutcome, ReportAction]] = MappingProxyType(
    {
        AppealOutcome.UPHELD: ReportAction.APPEAL_UPHELD,
        AppealOutcome.LIFTED: ReportAction.APPEAL_LIFTED,
        AppealOutcome.REOPENED: ReportAction.APPEAL_REOPENED,
    }
)
_FOR_REPORTED: Final = frozenset({AppealOutcome.UPHELD, AppealOutcome.LIFTED})
_FOR_REPORTER: Final = frozenset({AppealOutcome.UPHELD, AppealOutcome.REOPENED})


class OwnDecision(StoreError):
    """The reader has decided this themselves, and another reader can look at it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenAppeal:
    """A second look that a member of a report has asked for, in their words."""

    report: Report
    side: ReportSide
    words: str
    asked_at: datetime


class Appeals:
    """All appeals, each for those who may read its report."""

    def __init__(self, database: Database, *, privacy_key: bytes) -> None:
        self._database = database
        self._privacy_key = privacy_key
        self._finder = ReportFinder(database, privacy_key=privacy_key)
        self._access = ReportAccess(database, privacy_key=privacy_key)
        self._rows = RowReader("appeals", _read_appeal, key="report_id")

    async def ask(self, report_id: str, member_id: int, words: str, now: datetime) -> bool:
        """Ask for a second look, as the reporter or as the reported member, who can once a sanction has begun.

        False if this member has no part in it, it is not decided, or they have asked before; so repeating it returns
        False.
        """
        report = await self._finder.find("reports.find", report_id=report_id)
        side = None if report is None else self._side_of(report, member_id)
        if report is None or side is None:
            return False
        values = {
            "report_id": report_id,
            "appeal_side": side,
            "words": words.strip()[:WORDS_AT_MOST],
            "now": to_ms(now),
            "sanctions": encode(sorted(SANCTIONS)),
        }
        staff = await self._finder.find_staff_for(report)
        asked = Statement(name="appeals.ask", values=values, expect_rows=1)
        return await self._write([asked, *appeal_alerts(report, staff, now)])

    async def list_open(self, reader: Reader, now: datetime) -> Sequence[OpenAppeal]:
        """The appeals that wait and whose reports this reader may read, the oldest first."""
        rows = await self._database.all("appeals.list_open", **self._access.values(reader, now), limit=MOST_LISTED)
        asked = [(self._rows.read_one(row), self._finder.read_one(row)) for row in rows]
        return [
            OpenAppeal(report=report, side=appeal[0], words=appeal[1], asked_at=appeal[2])
            for appeal, report in asked
            if appeal and report
        ]

    async def decide(
        self,
        report_id: str,
        side: ReportSide,
        reader: Reader,
        outcome: AppealOutcome,
        *,
        sentence: str,
        now: datetime,
    ) -> bool:
        """Decide an appeal; whoever has asked is told. LIFTED ends the sanction, REOPENED has it decided again: its
        reporter is not malicious then, and a sanction lasts until the new decision.

        False if this reader may not read its report, or it is decided or was never asked for. Raises OwnDecision, and
        ValueError for an outcome that this side cannot have.
        """
        if outcome not in (_FOR_REPORTED if side is ReportSide.REPORTED else _FOR_REPORTER):
            raise ValueError(f"no appeal of the {side} comes to {outcome}")
        found = await self._access.find(report_id, reader, now)
        if found is None:
            return False
        is_own = found.decided is not None and found.decided.by == pseudonym_of(self._privacy_key, reader.member_id)
        if is_own and await self._access.find_other_readers(found, besides=reader.member_id):
            raise OwnDecision(OwnDecision.__doc__)
        statements = [
            self._decided(report_id, side, reader, outcome, sentence, now),
            *_consequences(found, outcome, now),
            *appeal_message(found, side, outcome, now),
        ]
        action = _ACTIONS[outcome]
        return await self._access.act(report_id, reader, action, now, statements, sentence=sentence) is not None

    def _decided(  # noqa: PLR0917 -- the fields of a row
        self, report_id: str, side: ReportSide, reader: Reader, outcome: AppealOutcome, sentence: str, now: datetime
    ) -> Statement:
        values = {
            "report_id": report_id,
            "appeal_side": side,
            "reader": pseudonym_of(self._privacy_key, reader.member_id),
            "outcome": outcome,
            "sentence": sentence,
            "now": to_ms(now),
        }
        return Statement(name="appeals.decide", values=values, expect_rows=1)

    def _side_of(self, report: Report, member_id: int) -> ReportSide | None:
        if member_id == report.reporter_id:
            return ReportSide.REPORTER
        names = {member_id, pseudonym_of(self._privacy_key, member_id)}
        return ReportSide.REPORTED if report.reported_id in names else None

    async def _write(self, statements: Sequence[Statement]) -> bool:
        try:
            await self._database.write(statements, notify=("outbox",))
        except UnexpectedRowCount:
            return False
        return True


def _consequences(report: Report, outcome: AppealOutcome, now: datetime) -> Sequence[Statement]:
    if outcome is AppealOutcome.LIFTED:
        return lift_sanction(report.id, now)
    if outcome is AppealOutcome.REOPENED:
        values = {
            "report_id": report.id,
            "kept_until": to_ms(now + KEPT_UNDECIDED_FOR),
            "now": to_ms(now),
            "escalation": Escalation.OPERATOR if report.to_operator else Escalation.UNREAD,
        }
        return [
            Statement(name="reports.reopen", values=values, expect_rows=1),
            Statement(name="malicious_reporters.remove", values=values),
        ]
    return []


def _read_appeal(row: Row) -> tuple[ReportSide, str, datetime]:
    return ReportSide(row["appeal_side"]), row["asked_words"], from_ms(int(row["asked_at"]))
