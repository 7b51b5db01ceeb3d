"""Who can be told of a report: the staff of its server, or else the operator, or nobody."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.message import MessageKind
from bot.domain.pseudonym import pseudonym_of
from bot.domain.report import NOBODY, UNDO_REPORT_FOR, Escalation, ReportReaders
from bot.store.database import Database
from bot.store.report_rows import Report, ReportFinder, Staff
from bot.store.times import to_ms


class ReportReach:
    """Finds out whom messages about reports reach. `safety_contact` is the operator, None if there is none."""

    def __init__(self, database: Database, *, privacy_key: bytes, safety_contact: int | None) -> None:
        self._database = database
        self._finder = ReportFinder(database, privacy_key=privacy_key)
        self.operator_id = NOBODY if safety_contact is None else safety_contact
        self._operator_pseudonym = pseudonym_of(privacy_key, self.operator_id)

    async def find(self, report: Report, staff: Staff) -> ReportReaders:
        """Who reads a report, as far as we can know now: a channel or a known reader of the staff counts as reached.

        The operator is, unless they are a party or know one, or Discord has refused what they were last told of one.
        """
        if staff.hears_of(report):
            return ReportReaders.ADMINS
        is_reached = await self._may_tell_operator(report) and await self._takes_alerts()
        return ReportReaders.OPERATOR if is_reached else ReportReaders.NOBODY

    async def find_for_operator(self, now: datetime, *, limit: int) -> Sequence[Report]:
        """The reports of which the operator is to be told: none by or about them, or in which they know somebody."""
        if self.operator_id == NOBODY:
            return []
        values = {
            "member_id": self.operator_id,
            "pseudonym": self._operator_pseudonym,
            "filed_before": to_ms(now - UNDO_REPORT_FOR),
            "operator_first": Escalation.OPERATOR_FIRST,
            "operator": Escalation.OPERATOR,
            "operator_last": Escalation.OPERATOR_LAST,
        }
        return await self._finder.find_all("reports.find_for_operator", **values, limit=limit)

    async def _may_tell_operator(self, report: Report) -> bool:
        """Whether there is one who may read it, as in `reports.find_for_operator`."""
        others = {report.reporter_id, report.reported_id, *await self._finder.find_excluded(report)}
        return self.operator_id != NOBODY and not others & {self.operator_id, self._operator_pseudonym}

    async def _takes_alerts(self) -> bool:
        last = await self._database.one(
            "outbox.find_last_settled", member_id=self.operator_id, kind=MessageKind.OPERATOR_ALERT
        )
        return last is None or last["state"] != "failed"
