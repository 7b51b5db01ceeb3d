"""Who may read which report, and that whatever a reader does with one is in the audit, in the same transaction."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.pseudonym import pseudonym_of
from bot.domain.report import UNDO_REPORT_FOR
from bot.domain.report_reader import Reader, ReportAction
from bot.store.audit import AuditWriter
from bot.store.database import Database, Statement, UnexpectedRowCount
from bot.store.report_rows import Report, ReportFinder, members_are
from bot.store.times import to_ms


class ReportAccess:
    """Lets readers act on reports. One that a reader may not read does not exist for them."""

    def __init__(self, database: Database, *, privacy_key: bytes) -> None:
        self._database = database
        self._privacy_key = privacy_key
        self._finder = ReportFinder(database, privacy_key=privacy_key)
        self._audit = AuditWriter(privacy_key=privacy_key)

    def values(self, reader: Reader, now: datetime) -> dict[str, int]:
        """The values by which the database decides what a reader may read."""
        return {
            "server_id": reader.server_id,
            "reader_id": reader.member_id,
            "reader": pseudonym_of(self._privacy_key, reader.member_id),
            "is_staff": int(reader.is_staff),
            "is_operator": int(reader.is_operator),
            "filed_before": to_ms(now - UNDO_REPORT_FOR),
        }

    async def find(self, report_id: str, reader: Reader, now: datetime) -> Report | None:
        """The report with this id, or None if there is none that this reader may read."""
        return await self._finder.find("reports.is_readable", **self.values(reader, now), report_id=report_id)

    async def find_other_readers(self, report: Report, *, besides: int) -> Sequence[int]:
        """The known readers who may read a report, but for the member `besides`."""
        staff = await self._finder.find_staff_for(report)
        return staff.readers_of([report.reporter_id, report.reported_id, besides])

    async def act(
        self,
        report_id: str,
        reader: Reader,
        action: ReportAction,
        now: datetime,
        statements: Sequence[Statement],
        *,
        rule: int | None = None,
        sentence: str = "",
    ) -> Report | None:
        """Execute the statements of an action and write it down; returns the report as it was before.

        None, and nothing changes, if this reader may not read it, a statement does not apply, or one of its members has
        got another name just then.
        """
        found = await self.find(report_id, reader, now)
        if found is None:
            return None
        readable = {**self.values(reader, now), "report_id": report_id}
        entry = self._audit.record(reader, found, action, now, rule=rule, sentence=sentence)
        guard = Statement(name="reports.is_readable", values=readable, expect_rows=1)
        try:
            await self._database.write([guard, members_are(found), *statements, *entry], notify=("outbox", "tickets"))
        except UnexpectedRowCount:
            return None
        return found
