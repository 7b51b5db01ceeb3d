"""Who can be told of a report: the staff of its server, or else the operator, or nobody."""

from bot.domain.message import MessageKind
from bot.domain.report import ReportReaders
from bot.store.database import Database
from bot.store.report_rows import Report, Staff


class ReportReach:
    """Finds out whom messages about reports reach. `safety_contact` is the operator, None for nobody."""

    def __init__(self, database: Database, *, safety_contact: int | None) -> None:
        self._database = database
        self._safety_contact = safety_contact

    async def find(self, report: Report, staff: Staff) -> ReportReaders:
        """Who reads a report, as far as we can know now: a channel or a known reader of the staff counts as reached.

        The operator is, unless they are a party, or Discord has refused what they were last told of a report.
        """
        if staff.hears_of(report):
            return ReportReaders.ADMINS
        is_reached = self._may_tell_operator(report) and await self._takes_alerts()
        return ReportReaders.OPERATOR if is_reached else ReportReaders.NOBODY

    def _may_tell_operator(self, report: Report) -> bool:
        return self._safety_contact not in {None, report.reporter_id, report.reported_id}

    async def _takes_alerts(self) -> bool:
        values = {"member_id": self._safety_contact, "kind": MessageKind.OPERATOR_ALERT}
        last = await self._database.one("outbox.find_last_settled", **values)
        return last is None or last["state"] != "failed"
