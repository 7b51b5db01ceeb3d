"""What members can do about their reports: file one, say more, and ask for a second look at what was decided."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.chat.ui.name_search import find_names
from bot.chat.ui.notices import Notice, NotPossible
from bot.chat.ui.text import quoted_input
from bot.clock import Clock, new_id
from bot.domain.report import ReportPlace, ReportReason
from bot.store.appeals import Appeals
from bot.store.matches import Matches
from bot.store.reports import FiledReport, NewReport, OwnReport, RefusedReport, Reportable, Reports
from bot.store.servers import Servers

_MEMBER_ID: Final = re.compile(r"<@!?(\d{1,20})>|(\d{1,20})")
"""As members type or paste it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnPartner:
    """Somebody with whom a member was matched, by the member's own seat. The name may be empty."""

    seat_id: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportAnswer:
    """A report that was filed or said more to, for which `reason`, and the name of the server whose admins read it."""

    filed: FiledReport
    reason: ReportReason
    server: str


class ReportActions:
    """Files members' own reports."""

    def __init__(self, *, reports: Reports, appeals: Appeals, matches: Matches, servers: Servers, clock: Clock) -> None:
        self._reports = reports
        self._appeals = appeals
        self._matches = matches
        self._servers = servers
        self._clock = clock

    async def reportable(self, member_id: int) -> Sequence[Reportable]:
        """Whom the member can report, the newest partner first."""
        return await self._reports.find_reportable(member_id, self._clock.now())

    async def to_report(self, member_id: int, typed: str | None) -> OwnPartner:
        """Whom the member means: their id or a name that is clear, by default the last partner. Raises NotPossible."""
        partners = await self.reportable(member_id)
        if typed is None:
            if not partners:
                raise NotPossible("nobody_met")
            return _partner(partners[0])
        meant = _meant(typed.strip(), partners)
        if meant is None:
            raise NotPossible("not_met", member=quoted_input(typed))
        return _partner(meant)

    async def own_partner(self, member_id: int, seat_id: str) -> OwnPartner:
        """The partner of one of the member's own seats. Raises NotPossible."""
        seat = await self._matches.find_by_seat(seat_id)
        if seat is None:
            raise NotPossible("report.too_old")
        if seat.own.member_id != member_id:
            raise NotPossible("not_yours")
        return OwnPartner(seat_id=seat_id, name=seat.partner.name)

    async def own_report(self, member_id: int, report_id: str) -> OwnReport:
        """A report to which the member can say more. Raises NotPossible."""
        report = await self._reports.find_own(report_id, member_id)
        if report is None:
            raise NotPossible("report.too_old")
        if report.is_decided:
            raise NotPossible("report.decided")
        return report

    async def file_report(
        self, member_id: int, seat_id: str, *, place: ReportPlace, reason: ReportReason, words: str
    ) -> ReportAnswer:
        """Report the partner of this seat, or say more. Repeating it is the same report. Raises NotPossible."""
        seat = await self._matches.find_by_seat(seat_id)
        await self.own_partner(member_id, seat_id)
        new = NewReport(id=new_id(self._clock), seat_id=seat_id, place=place, reason=reason, words=words)
        try:
            filed = await self._reports.file(new, self._clock.now())
        except RefusedReport as refused:
            raise NotPossible(f"report.{refused.refusal}") from refused
        server = await self._servers.get(seat.match.server_id) if seat else None
        return ReportAnswer(filed=filed, reason=reason, server=server.name if server else "")

    async def ask_second_look(self, member_id: int, report_id: str, words: str) -> Notice:
        """Ask once that somebody looks again at what was decided. Raises NotPossible."""
        if not await self._appeals.ask(report_id, member_id, words, self._clock.now()):
            raise NotPossible("second_look")
        return Notice(key="report.second")


def _meant(typed: str, partners: Sequence[Reportable]) -> Reportable | None:
    is_id = _MEMBER_ID.fullmatch(typed)
    if is_id:
        member_id = int(is_id[1] or is_id[2])
        return next((each for each in partners if each.partner_id == member_id), None)
    found = find_names(typed, [each.partner_name for each in partners if each.partner_name])
    named = [each for each in partners if each.partner_name in found]
    return named[0] if len(named) == 1 else None


def _partner(reportable: Reportable) -> OwnPartner:
    return OwnPartner(seat_id=reportable.seat_id, name=reportable.partner_name)
