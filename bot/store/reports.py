"""Reports as their reporters see them: filing one, saying more, undoing it, and whom a member can report."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.domain.message import MessageKind
from bot.domain.pseudonym import pseudonym_of
from bot.domain.report import (
    KEPT_UNDECIDED_FOR,
    NOBODY,
    REPORTABLE_FOR,
    REPORTS_A_DAY,
    REPORTS_WINDOW,
    UNDO_REPORT_FOR,
    ReportPlace,
    ReportReaders,
    ReportReason,
    can_be_reported,
    counts_at,
    next_number,
    with_more_words,
)
from bot.store.blocks import block_statements, find_seat_beside, unblock_statements
from bot.store.database import Database, Row, Statement, StoreError, UnexpectedRowCount, UniqueViolation
from bot.store.leaving import TOPICS
from bot.store.report_evidence import evidence_of
from bot.store.report_holds import ReportHolds, delete_holds
from bot.store.report_messages import alerts, counted_messages, receipt, withdraw_alerts, withdraw_messages
from bot.store.report_reach import ReportReach
from bot.store.report_rows import Report, ReportFinder, add_report, members_are
from bot.store.times import from_ms, to_ms

MOST_REPORTABLE: Final = 100
"""Matches that are looked at for whom a member can report."""
UNDO: Final = "reports.undo"
_RACES: Final = frozenset({"one_report_per_side", "one_report_per_number"})


class Refusal(StrEnum):
    """Why a report is not filed."""

    NOT_MET = "not_met"  # no such match, or one with oneself
    TOO_OLD = "too_old"
    DECIDED = "decided"  # it was filed before, and is decided


class RefusedReport(StoreError):
    """This cannot be reported. Leaving and blocking are possible all the same."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(RefusedReport.__doc__)
        self.refusal = refusal


@dataclass(frozen=True, kw_only=True, slots=True)
class NewReport:
    """A report to file by the member of a seat about their partner; `id` is a new random id.

    Reason and words may be left out, and come later by filing again.
    """

    id: str
    seat_id: str
    place: ReportPlace
    reason: ReportReason = ReportReason.UNSAID
    words: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class FiledReport:
    """A report as its reporter may know it. `is_late`: it counts later, because they have filed many."""

    report_id: str
    number: int
    undo_until: datetime
    is_late: bool
    read_by: ReportReaders


@dataclass(frozen=True, kw_only=True, slots=True)
class Reportable:
    """Somebody who can be reported, by the seat in which the reporter was matched with them last.

    The name is empty if it is not kept any more. `number`: that of the report which was filed already, if any.
    """

    seat_id: str
    partner_id: int
    partner_name: str
    matched_at: datetime
    number: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnReport:
    """A report as its reporter finds it again, by the seat with which they say more."""

    seat_id: str
    number: int
    partner_name: str
    is_decided: bool


class Reports:
    """Files reports. Blocking, leaving, hold and messages are in the same transaction."""

    def __init__(self, database: Database, *, privacy_key: bytes, safety_contact: int | None = None) -> None:
        self._database = database
        self._privacy_key = privacy_key
        self._finder = ReportFinder(database, privacy_key=privacy_key)
        self._reach = ReportReach(database, privacy_key=privacy_key, safety_contact=safety_contact)
        self._holds = ReportHolds(database, privacy_key=privacy_key)

    async def file(self, new: NewReport, now: datetime) -> FiledReport:
        """Report the partner of a seat: block them, leave the seat if it is live; staff hear when undoing is over.

        Each of the two files one report about a match: filing again may change the reason, adds words and returns the
        same report. Once it stands, staff are told again only of a first severe reason. With a severe reason the
        reported member gets no new match for a while. Whoever has deleted their data files a report that has neither
        their id nor their words. Raises RefusedReport.
        """
        while True:
            seat = _require_reportable(await self._find_seat(new.seat_id), now)
            if seat["reporter_id"] < NOBODY:
                new = replace(new, words="")
            known = await self._find_by_side(seat)
            try:
                filed = await (self._add(new, seat, now) if known is None else self._say_more(new, known, seat, now))
            except UnexpectedRowCount:
                continue  # something that it depends on has changed since we looked
            except UniqueViolation as error:
                if error.constraint not in _RACES:
                    raise
                continue
            staff = await self._finder.find_staff_for(filed)
            return _as_filed(filed, await self._reach.find(filed, staff))

    async def undo(self, seat_id: str, now: datetime) -> bool:
        """Undo the report of this seat's member, with its block, hold and messages. The seat stays left.

        It still counts for its reporter, who can file only so many a day.

        False if there is none or it is too late; so repeating it returns False.
        """
        seat = await self._find_seat(seat_id)
        known = await self._find_by_side(seat) if seat else None
        if seat is None or known is None:
            return False
        undo = {"report_id": known.id, "filed_after": to_ms(now - UNDO_REPORT_FOR)}
        former = {"report_id": known.id, "reporter": pseudonym_of(self._privacy_key, seat["reporter_id"])}
        statements = [
            Statement(name="former_reporters.add_undone", values=former),
            Statement(name="former_reporters.delete_uncounted", values=former),
            Statement(name=UNDO, values=undo, expect_rows=1),
            _members_are(seat),
            delete_holds(known.id),
            withdraw_messages(known.id, now),
            *(() if known.blocked_before else self._unblock(seat)),
        ]
        try:
            await self._database.write(statements, notify=("tickets",))
        except UnexpectedRowCount as error:
            return error.statement != UNDO and await self.undo(seat_id, now)
        return True

    async def is_filed(self, seat_id: str) -> bool:
        """Whether this seat's member has filed a report that was not undone."""
        seat = await self._find_seat(seat_id)
        return seat is not None and await self._find_by_side(seat) is not None

    def _unblock(self, seat: Row) -> Sequence[Statement]:
        return unblock_statements(self._privacy_key, seat["reporter_id"], seat["reported_id"])

    async def find_reportable(self, member_id: int, now: datetime) -> Sequence[Reportable]:
        """With whom this member was matched lately, each of them once; the newest match first."""
        rows = await self._database.all(
            "reports.find_reportable",
            member_id=member_id,
            ended_after=to_ms(now - REPORTABLE_FOR),
            limit=MOST_REPORTABLE,
        )
        newest: dict[int, Reportable] = {}
        for row in rows:
            newest.setdefault(row["partner_id"], _reportable(row))
        return list(newest.values())

    async def find_own(self, report_id: str, member_id: int) -> OwnReport | None:
        """The report with this id, if this member has filed it and can say more: their seat is kept for a while."""
        row = await self._database.one("reports.find_own", report_id=report_id, member_id=member_id)
        if row is None:
            return None
        return OwnReport(
            seat_id=row["seat_id"],
            number=row["number"],
            partner_name=row["partner_name"],
            is_decided=row["decided_at"] is not None,
        )

    async def _find_seat(self, seat_id: str) -> Row | None:
        return await self._database.one("reports.find_seat", seat_id=seat_id)

    async def _find_by_side(self, seat: Row) -> Report | None:
        return await self._finder.find("reports.find_by_side", match_id=seat["match_id"], side=seat["side"])

    async def _add(self, new: NewReport, seat: Row, now: datetime) -> Report:
        reporter_id, reported_id, server_id = seat["reporter_id"], seat["reported_id"], seat["server_id"]
        latest = await self._database.all(
            "reports.find_latest_counted", **self._counting(reporter_id), limit=REPORTS_A_DAY
        )
        counted = [from_ms(int(row["counts_at"])) for row in latest]
        last_number = await self._find_last_number(server_id)
        media = await self._database.all("media_times.by_match", match_id=seat["match_id"])
        staff = await self._finder.find_staff(server_id, besides=[reporter_id])
        counts = counts_at(now, counted)
        pseudonym = pseudonym_of(self._privacy_key, reported_id)
        earlier = await self._finder.find_earlier(server_id, reported_id, pseudonym, besides=new.id)
        is_gone = reporter_id < NOBODY
        report = Report(
            id=new.id,
            server_id=server_id,
            number=next_number(last_number, new.id),
            match_id=seat["match_id"],
            side=seat["side"],
            reporter_id=None if is_gone else reporter_id,
            reporter_locale=seat["reporter_locale"],
            reported_id=reported_id,
            reported_locale=seat["reported_locale"],
            place=new.place,
            reason=new.reason,
            words=with_more_words("", new.words),
            evidence=evidence_of(seat, media, earlier, now),
            filed_at=now,
            counts_at=counts,
            waits_since=counts,
            announced=counts <= now,
            about_staff=staff.includes(reported_id),
        )
        read_by = await self._reach.find(report, staff)
        report = replace(report, to_operator=read_by is not ReportReaders.ADMINS)
        beside = await find_seat_beside(self._database, reporter_id, reported_id)
        statements = [
            _members_are(seat),
            self._counts_are(reporter_id, counted, now),
            _take_number(report, last_number),
            add_report(report, blocker_id=reporter_id, kept_until=now + KEPT_UNDECIDED_FOR),
            *([_add_former(report, reporter_id)] if is_gone else ()),
            *block_statements(reporter_id, reported_id, beside, now),
            *receipt(MessageKind.REPORT_RECEIVED, report, report.undo_until, read_by=read_by),
            *(await self._holds.begin(report, now, reporter=reporter_id) if report.announced else ()),
            *(alerts(report, staff, report.undo_until) if report.announced else ()),
        ]
        await self._database.write(statements, notify=(*TOPICS, "tickets"))
        return report

    async def _say_more(self, new: NewReport, known: Report, seat: Row, now: datetime) -> Report:
        if known.decided is not None:
            raise RefusedReport(Refusal.DECIDED)
        reason = known.reason if new.reason is ReportReason.UNSAID else new.reason
        words = with_more_words(known.words, new.words)
        reporter_id = None if seat["reporter_id"] < NOBODY else seat["reporter_id"]
        report = replace(known, reason=reason, words=words, reporter_id=reporter_id)
        if report == known:
            return known
        values = {
            "report_id": report.id,
            "reason": report.reason,
            "words": report.words,
            "reporter_id": report.reporter_id,
            "known_reason": known.reason,
            "known_words": known.words,
            "now": to_ms(now),
        }
        told, severe_alerts = await self._count_messages(report.id)
        becomes_severe = report.is_severe and not known.is_severe
        is_news = now < report.undo_until or (becomes_severe and not severe_alerts)
        tells = report.announced and reason is not known.reason and is_news
        is_read = known.read_at is not None  # from then on people decide whether it holds
        is_taken_back = known.is_severe and not report.is_severe and now < report.undo_until
        due_at = max(now, report.undo_until)
        staff = await self._finder.find_staff_for(known)
        statements = [
            _members_are(seat),
            Statement(name="reports.say_more", values=values, expect_rows=1),
            Statement(name="former_reporters.forget", values=values),
            members_are(report),
            Statement(name="outbox.messages_are", values={"report_id": report.id, "count": told}, expect_rows=1),
            *(await self._holds.begin(report, now) if report.announced and becomes_severe and not is_read else ()),
            *([delete_holds(report.id)] if is_taken_back else ()),
            *([withdraw_alerts(report.id, now), *alerts(report, staff, due_at, after=told)] if tells else ()),
        ]
        await self._database.write(statements, notify=("outbox", "tickets"))
        return report

    async def _count_messages(self, report_id: str) -> tuple[int, int]:
        """How many messages about a report there are, and alerts with a severe reason: one of those is enough."""
        row = await self._database.one("outbox.count_by_report", **counted_messages(report_id))
        return (row["messages"], row["severe_alerts"]) if row else (0, 0)

    async def _find_last_number(self, server_id: int) -> int:
        row = await self._database.one("report_numbers.find_last", server_id=server_id)
        return row["last_number"] if row else 0

    def _counts_are(self, reporter_id: int, counted: Sequence[datetime], now: datetime) -> Statement:
        """The statement that fails if the reporter has filed another report since `counted` was read."""
        after = now - REPORTS_WINDOW
        values = {
            **self._counting(reporter_id),
            "counted_after": to_ms(after),
            "limit": REPORTS_A_DAY,
            "count": sum(each > after for each in counted),
        }
        return Statement(name="reports.counts_are", values=values, expect_rows=1)

    def _counting(self, reporter_id: int) -> dict[str, int]:
        """The values by which a member's reports are found, also those that do not name them."""
        return {"reporter_id": reporter_id, "reporter": pseudonym_of(self._privacy_key, reporter_id)}


def _require_reportable(seat: Row | None, now: datetime) -> Row:
    if seat is None or seat["reporter_id"] == seat["reported_id"]:
        raise RefusedReport(Refusal.NOT_MET)
    if not can_be_reported(from_ms(seat["ended_at"]), now):
        raise RefusedReport(Refusal.TOO_OLD)
    return seat


def _members_are(seat: Row) -> Statement:
    values = {"seat_id": seat["seat_id"], "reporter_id": seat["reporter_id"], "reported_id": seat["reported_id"]}
    return Statement(name="reports.seat_members_are", values=values, expect_rows=1)


def _add_former(report: Report, reporter: int) -> Statement:
    values = {"report_id": report.id, "reporter": reporter, "counts_at": to_ms(report.counts_at)}
    return Statement(name="former_reporters.add", values=values)


def _take_number(report: Report, last_number: int) -> Statement:
    values = {"server_id": report.server_id, "number": report.number, "last_number": last_number}
    return Statement(name="report_numbers.take", values=values, expect_rows=1)


def _reportable(row: Row) -> Reportable:
    return Reportable(
        seat_id=row["seat_id"],
        partner_id=row["partner_id"],
        partner_name=row["partner_name"],
        matched_at=from_ms(int(row["created_at"])),
        number=row["number"],
    )


def _as_filed(report: Report, read_by: ReportReaders) -> FiledReport:
    return FiledReport(
        report_id=report.id,
        number=report.number,
        undo_until=report.undo_until,
        is_late=not report.announced,
        read_by=read_by,
    )
