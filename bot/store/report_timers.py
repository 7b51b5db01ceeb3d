"""What happens to reports because time has passed: late ones count, forgotten ones are told again, sanctions begin."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.domain.message import AlertDetails, MessageKind
from bot.domain.report import (
    SEVERE_REASONS,
    SEVERE_TELL_AGAIN_AFTER,
    TELL_AGAIN_AFTER,
    UNDO_REPORT_FOR,
    Escalation,
    tell_again_after,
)
from bot.store.codec import decode, encode
from bot.store.database import Database, Statement, UnexpectedRowCount
from bot.store.leaving import TOPICS
from bot.store.report_holds import ReportHolds
from bot.store.report_messages import alerts, operator_alert, reader_alerts, receipt, withdraw_alerts
from bot.store.report_reach import ReportReach
from bot.store.report_rows import Report, ReportFinder, members_are
from bot.store.report_sanctions import BEGIN, find_sanction
from bot.store.rows import RowReader
from bot.store.times import to_ms

AT_ONCE: Final = 50

log = logging.getLogger(__name__)


class ReportTimers:
    """Each change is made once, and only while it is due; so repeating does no harm."""

    def __init__(self, database: Database, *, privacy_key: bytes, safety_contact: int | None = None) -> None:
        self._database = database
        self._reach = ReportReach(database, privacy_key=privacy_key, safety_contact=safety_contact)
        self._finder = ReportFinder(database, privacy_key=privacy_key)
        self._holds = ReportHolds(database, privacy_key=privacy_key)
        self._alerts = RowReader("outbox", lambda row: decode(row["payload"], AlertDetails))

    async def announce_late(self, now: datetime) -> None:
        """Tell staff of the reports that count by now because their reporters had filed many, and begin their holds."""
        for report in await self._finder.find_all("reports.find_late", now=to_ms(now), limit=AT_ONCE):
            staff = await self._finder.find_staff_for(report)
            announced = replace(report, announced=True)
            await self._write(
                [
                    Statement(name="reports.announce", values={"report_id": report.id}, expect_rows=1),
                    members_are(report),
                    *await self._holds.begin(announced, now),
                    *alerts(announced, staff, max(now, report.undo_until)),
                ]
            )

    async def tell_again(self, now: datetime) -> None:
        """Tell all readers again of reports that nobody has decided, or opened for long: once while one is unread, and
        once since it was opened. After twice as long, have the operator read them.

        If no reader is known, the operator reads them at once.
        """
        for report in await self._finder.find_all("reports.find_waiting", **_waiting(now)):
            staff = await self._finder.find_staff_for(report)
            is_unread = report.read_at is None
            told = Escalation.UNREAD if is_unread else Escalation.UNDECIDED
            is_first = report.escalation < told
            readers = staff.readers_of([report.reporter_id, report.reported_id])
            read_by = await self._reach.find(report, staff)
            step = {
                "report_id": report.id,
                "known_escalation": report.escalation,
                "known_waits_since": to_ms(report.waits_since),
                "escalation": max(report.escalation, told),
                "to_operator": int(not is_first or not readers),
                "told_since": to_ms(now - tell_again_after(report.reason)),
            }
            await self._write(
                [
                    Statement(name="reports.escalate", values=step, expect_rows=1),
                    members_are(report),
                    *([withdraw_alerts(report.id, now), *alerts(report, staff, now, again=True)] if is_first else ()),
                    *(receipt(MessageKind.REPORT_LATE, report, now, read_by=read_by) if is_first and is_unread else ()),
                ]
            )

    async def tell_operator(self, now: datetime) -> None:
        """Tell the operator of the reports that they are to read: none by them or about them.

        At first, if it is theirs from the beginning; once while one is unread, and once since it was opened.
        """
        operator_id = self._reach.operator_id
        for report in await self._reach.find_for_operator(now, limit=AT_ONCE):
            staff = await self._finder.find_staff_for(report)
            told = _operator_told(report)
            first_since = now - UNDO_REPORT_FOR  # as if it had just come in: told late, they have as much time
            step = {
                "report_id": report.id,
                "known_escalation": report.escalation,
                "known_waits_since": to_ms(report.waits_since),
                "escalation": told,
                "told_since": to_ms(first_since if told is Escalation.OPERATOR_FIRST else report.waits_since),
            }
            await self._write(
                [
                    Statement(name="reports.tell_operator", values=step, expect_rows=1),
                    members_are(report),
                    operator_alert(report, staff.locale, operator_id, now),
                ]
            )

    async def begin_sanctions(self, now: datetime) -> None:
        """Begin the sanctions that are due, and tell their members. One for good also takes ticket, seat and trial."""
        for report in await self._finder.find_all("reports.find_due", now=to_ms(now), limit=AT_ONCE):
            await self._begin(await find_sanction(self._database, report, now))

    async def tell_readers_instead(self, now: datetime) -> None:
        """Tell the known readers, each in a message, what Discord did not take in the staff's channel.

        If none is known, the operator reads the report. What was told `again`, each reader was told already.
        """
        for row in await self._database.all("outbox.find_failed_alerts", limit=AT_ONCE):
            report = await self._finder.find("reports.find", report_id=row["report_id"])
            failed = Statement(name="outbox.give_up_alert", values={"id": row["id"]}, expect_rows=1)
            details = self._alerts.read_one(row)
            if report is None or details is None or details.again or (report.decided and not details.is_appeal):
                await self._write([failed])
                continue
            told = reader_alerts(report, await self._finder.find_staff_for(report), details, now)
            handed = Statement(name="reports.hand_over", values={"report_id": report.id})
            is_open = Statement(name="reports.is_undecided", values={"report_id": report.id}, expect_rows=1)
            await self._write([failed, *(() if details.is_appeal else [is_open]), *(told or [handed])])

    async def _begin(self, statements: Sequence[Statement]) -> None:
        """Begin a sanction; if it cannot although it is due, it is in the next round, and the log says so."""
        failed = await self._write(statements)
        if failed not in {None, BEGIN}:
            log.warning("a sanction that is due could not begin, and is tried again: %s", failed)

    async def _write(self, statements: Sequence[Statement]) -> str | None:
        """Write what was due, unless it is not due any more; if something else has changed, it is in the next round.

        Returns the name of the statement that did not apply, None if all did.
        """
        try:
            await self._database.write(statements, notify=(*TOPICS, "tickets"))
        except UnexpectedRowCount as error:
            log.debug("a step of a report was not due any more: %s", error)
            return error.statement
        return None


def _operator_told(report: Report) -> Escalation:
    """How far a report has been told once the operator knows. One that is theirs from the beginning is told again."""
    if report.read_at is not None:
        return Escalation.OPERATOR_LAST
    return Escalation.OPERATOR_FIRST if report.escalation is Escalation.NOTHING else Escalation.OPERATOR


def _waiting(now: datetime) -> dict[str, int | str]:
    """The values by which the reports are found that have waited for long enough."""
    return {
        "unread": Escalation.UNREAD,
        "undecided": Escalation.UNDECIDED,
        "severe_reasons": encode(sorted(SEVERE_REASONS)),
        "waits_before": to_ms(now - TELL_AGAIN_AFTER),
        "severe_before": to_ms(now - SEVERE_TELL_AGAIN_AFTER),
        "long_before": to_ms(now - 2 * TELL_AGAIN_AFTER),
        "severe_long_before": to_ms(now - 2 * SEVERE_TELL_AGAIN_AFTER),
        "limit": AT_ONCE,
    }
