"""Reports as their readers see them: the list, one report, taking it, and what is decided.

A report that a reader may not read does not exist for them. Whatever they do is in the audit, in the same transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.domain.message import MessageKind
from bot.domain.pseudonym import pseudonym_of
from bot.domain.report import ANSWER_WITHIN, LOCK_FOR, Escalation, ReportReason, can_decide
from bot.domain.report_reader import Reader, ReportAction
from bot.domain.verdict import (
    MALICIOUS_FOR,
    SANCTIONS,
    EarlierReport,
    Verdict,
    kept_until,
    sanction_delay,
)
from bot.store.database import Database, Statement
from bot.store.report_access import ReportAccess
from bot.store.report_holds import lift_all, lift_hold, renew_hold
from bot.store.report_messages import receipt, withdraw_decided_alerts
from bot.store.report_rows import Report, ReportFinder, members_are
from bot.store.times import from_ms, to_ms

MOST_LISTED: Final = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenedReport:
    """A report as a reader has opened it. `earlier`: what was decided about the same member, as of now.

    `is_taken`: another reader has it, until `report.taken_until`. `held_until`: until when its hold lasts, if it does.
    """

    report: Report
    earlier: tuple[EarlierReport, ...]
    is_taken: bool
    held_until: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportFigures:
    """How many reports are undecided, unread, and hold somebody; `oldest_at`: since when the oldest counts."""

    undecided: int = 0
    unread: int = 0
    held: int = 0
    oldest_at: datetime | None = None


class ReportDesk:
    """All reports, each for those who may read it."""

    def __init__(self, database: Database, *, privacy_key: bytes) -> None:
        self._database = database
        self._privacy_key = privacy_key
        self._finder = ReportFinder(database, privacy_key=privacy_key)
        self._access = ReportAccess(database, privacy_key=privacy_key)

    async def list_open(self, reader: Reader, now: datetime) -> Sequence[Report]:
        """The undecided reports that this reader may read, the oldest first."""
        return await self._finder.find_all("reports.list_open", **self._access.values(reader, now), limit=MOST_LISTED)

    async def unread_figures(self, server_id: int, now: datetime, *, reader: Reader | None = None) -> ReportFigures:
        """What waits for a reader, as `reader` may know it. Without one, reports about staff are not counted."""
        viewer = reader or Reader(member_id=0, server_id=server_id, is_staff=False)
        row = await self._database.one("reports.count_open", **self._access.values(viewer, now), now=to_ms(now))
        if row is None:
            return ReportFigures()
        return ReportFigures(
            undecided=row["open"], unread=row["unread"], held=row["held"], oldest_at=from_ms(row["oldest_at"])
        )

    async def count_unread(self, server_id: int, now: datetime, *, viewer_id: int) -> int:
        """How many reports nobody has read, as an admin may know it: none about staff, the viewer, or by the viewer."""
        viewer = Reader(member_id=viewer_id, server_id=server_id, is_staff=False)
        return (await self.unread_figures(server_id, now, reader=viewer)).unread

    async def find(self, report_id: str, reader: Reader, now: datetime) -> OpenedReport | None:
        """Open a report: it counts as read. None if there is none that this reader may read."""
        report = await self._access.act(report_id, reader, ReportAction.OPENED, now, [_mark_read(report_id, now)])
        if report is None:
            return None
        pseudonym = pseudonym_of(self._privacy_key, report.reported_id)
        server_id, reported_id = report.server_id, report.reported_id
        hold = await self._database.one("restrictions.find_hold", report_id=report.id, now=to_ms(now))
        return OpenedReport(
            report=report,
            earlier=await self._finder.find_earlier(server_id, reported_id, pseudonym, besides=report.id),
            is_taken=report.taken_until is not None
            and report.taken_until > now
            and report.taken_by != pseudonym_of(self._privacy_key, reader.member_id),
            held_until=from_ms(hold["until"]) if hold else None,
        )

    async def take(self, report_id: str, reader: Reader, now: datetime) -> bool:
        """Take a report for `LOCK_FOR`, or longer if the reader has it. False if another reader has it."""
        values = {**self._by(report_id, reader, now), "until": to_ms(now + LOCK_FOR)}
        taken = Statement(name="reports.take", values=values, expect_rows=1)
        statements = [taken, _mark_read(report_id, now)]
        return await self._access.act(report_id, reader, ReportAction.TAKEN, now, statements) is not None

    async def release(self, report_id: str, reader: Reader, now: datetime) -> bool:
        """Give a report back. False if the reader does not have it."""
        released = Statement(name="reports.release", values=self._by(report_id, reader, now), expect_rows=1)
        return await self._access.act(report_id, reader, ReportAction.RELEASED, now, [released]) is not None

    async def recuse(self, report_id: str, reader: Reader, now: datetime) -> bool:
        """The reader knows somebody in it: they read it no more, and it counts as unread.

        If no other reader is known, the operator reads it; if they are the operator, its readers are told again.
        """
        found = await self._access.find(report_id, reader, now)
        if found is None:
            return False
        others = await self._access.find_other_readers(found, besides=reader.member_id)
        values = {
            **self._by(report_id, reader, now),
            "is_operator": int(reader.is_operator),
            "to_operator": int(not others),
            "escalation": Escalation.NOTHING,
        }
        statements = [
            Statement(name="report_recusals.add", values=values),
            Statement(name="reports.put_back", values=values, expect_rows=1),
        ]
        return await self._access.act(report_id, reader, ReportAction.RECUSED, now, statements) is not None

    async def ask_reporter(self, report_id: str, reader: Reader, question: str, now: datetime) -> bool:
        """Ask the reporter something; filing again is how they answer, and nobody is told again for `ANSWER_WITHIN`.

        False if they have deleted their data, or it is decided.
        """
        found = await self._access.find(report_id, reader, now)
        if found is None or found.reporter_id is None or found.decided is not None:
            return False
        values = {"report_id": report_id, "now": to_ms(now), "answer_by": to_ms(now + ANSWER_WITHIN)}
        asked = Statement(name="reports.ask", values=values, expect_rows=1)
        statements = [asked, *receipt(MessageKind.REPORT_QUESTION, found, now, question=question)]
        done = await self._access.act(report_id, reader, ReportAction.ASKED, now, statements, sentence=question)
        return done is not None

    async def hand_over(self, report_id: str, reader: Reader, sentence: str, now: datetime) -> bool:
        """Hand a report over to the operator, who is told. False if that was done before, or it is decided."""
        handed = Statement(name="reports.hand_over", values={"report_id": report_id}, expect_rows=1)
        statements = [handed, _mark_read(report_id, now)]
        done = await self._access.act(report_id, reader, ReportAction.HANDED_OVER, now, statements, sentence=sentence)
        return done is not None

    async def renew_hold(self, report_id: str, reader: Reader, sentence: str, now: datetime) -> bool:
        """Hold the reported member for `HOLD_FOR` from now on, in the place of a hold of this report.

        False for a worry, too: it accuses nobody.
        """
        found = await self._access.find(report_id, reader, now)
        if found is None or found.decided is not None or found.reason is ReportReason.WORRY:
            return False
        statements = [
            _is_undecided(report_id),
            members_are(found),
            *renew_hold(found, now),
            _mark_read(report_id, now),
        ]
        done = await self._access.act(report_id, reader, ReportAction.HOLD_RENEWED, now, statements, sentence=sentence)
        return done is not None

    async def end_hold(self, report_id: str, reader: Reader, sentence: str, now: datetime) -> bool:
        """End the hold of a report."""
        ended = [lift_hold(report_id, now), _mark_read(report_id, now)]
        done = await self._access.act(report_id, reader, ReportAction.HOLD_ENDED, now, ended, sentence=sentence)
        return done is not None

    async def decide(self, report_id: str, reader: Reader, verdict: Verdict, *, verdict_id: str, now: datetime) -> bool:
        """Decide a report: its reporter hears that it is decided; a sanction begins, and its member is told, later.

        `verdict_id` is a new random id. With a severe reason the sanction begins at once; until then a hold goes on,
        and so does what an earlier decision about the report led to.

        False if this reader may not read it, it is decided, or another reader has it. Raises ValueError for what cannot
        be decided about it, or not by this reader.
        """
        found = await self._access.find(report_id, reader, now)
        if found is None:
            return False
        if not can_decide(found.reason, verdict.decision) or (verdict.everywhere and not reader.is_operator):
            raise ValueError(f"{verdict.decision} cannot be decided here")
        statements = [
            members_are(found),
            self._decided(found, reader, verdict, verdict_id, now),
            *(() if verdict.decision in SANCTIONS else [lift_all(report_id, now)]),
            *([_malicious(found, now)] if verdict.is_malicious else ()),
            withdraw_decided_alerts(report_id, now),
            *receipt(MessageKind.REPORT_DECIDED, found, now),
        ]
        action = ReportAction(verdict.decision)
        done = await self._access.act(
            report_id, reader, action, now, statements, rule=verdict.rule, sentence=verdict.sentence
        )
        return done is not None

    def _decided(self, report: Report, reader: Reader, verdict: Verdict, verdict_id: str, now: datetime) -> Statement:
        due_at = now + sanction_delay(verdict_id, at_once=report.is_severe)
        values = {
            **self._by(report.id, reader, now),
            "decision": verdict.decision,
            "rule": verdict.rule,
            "sentence": verdict.sentence,
            "pause_days": verdict.days,
            "everywhere": int(verdict.everywhere),
            "due_at": to_ms(due_at) if verdict.decision in SANCTIONS else None,
            "kept_until": to_ms(kept_until(verdict.decision, now)),
        }
        return Statement(name="reports.decide", values=values, expect_rows=1)

    def _by(self, report_id: str, reader: Reader, now: datetime) -> dict[str, int | str]:
        return {"report_id": report_id, "reader": pseudonym_of(self._privacy_key, reader.member_id), "now": to_ms(now)}


def _mark_read(report_id: str, now: datetime) -> Statement:
    """The statement by which a reader has a report open."""
    return Statement(name="reports.mark_read", values={"report_id": report_id, "now": to_ms(now)})


def _is_undecided(report_id: str) -> Statement:
    return Statement(name="reports.is_undecided", values={"report_id": report_id}, expect_rows=1)


def _malicious(report: Report, now: datetime) -> Statement:
    values = {"report_id": report.id, "until": to_ms(now + MALICIOUS_FOR)}
    return Statement(name="malicious_reporters.add", values=values)
