"""A report as it is stored and read, and the staff of its server as far as they are known."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.domain.pseudonym import pseudonym_of
from bot.domain.report import (
    NOBODY,
    SEVERE_REASONS,
    UNDO_REPORT_FOR,
    Escalation,
    Evidence,
    ReportPlace,
    ReportReason,
)
from bot.domain.verdict import Decision, EarlierReport
from bot.store.codec import decode, encode
from bot.store.database import Database, Row, Statement
from bot.store.rows import RowReader
from bot.store.times import from_ms, to_ms

SERVER_LOCALE: Final = "en"
"""Of a server whose settings are gone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided:
    """What was decided about a report, when, and by whom (a pseudonym). `days` of a pause."""

    decision: Decision
    at: datetime
    by: int
    rule: int
    sentence: str
    days: int | None
    everywhere: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """A report. `reporter_id` is None after they have deleted their data, `reported_id` a pseudonym then.

    `counts_at`: when staff are told and a hold begins; `announced`: that was done. `about_staff`: the reported member
    sees what staff see. `to_operator`: the operator reads it, too; `escalation`: how far it was told again.
    `read_at`: when a reader last opened it; `waits_since`: since when it waits for a reader, which lies ahead while its
    reporter is to answer. `taken_by` is a pseudonym. `due_at`: when a sanction begins that was decided. `evidence` is
    None if unreadable.
    """

    id: str
    server_id: int
    number: int
    match_id: str
    side: int
    reporter_id: int | None
    reporter_locale: str
    reported_id: int
    reported_locale: str
    place: ReportPlace
    reason: ReportReason
    words: str
    evidence: Evidence | None
    filed_at: datetime
    counts_at: datetime
    waits_since: datetime
    announced: bool
    blocked_before: bool = False
    about_staff: bool = False
    to_operator: bool = False
    escalation: Escalation = Escalation.NOTHING
    read_at: datetime | None = None
    taken_by: int | None = None
    taken_until: datetime | None = None
    decided: Decided | None = None
    due_at: datetime | None = None

    @property
    def undo_until(self) -> datetime:
        """Until when its reporter can undo it, and nobody is told of it."""
        return self.filed_at + UNDO_REPORT_FOR

    @property
    def is_severe(self) -> bool:
        """Whether the reported member is held before anybody has read it: the two have been together, too."""
        return self.reason in SEVERE_REASONS and self.evidence is not None and self.evidence.met_at is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class Staff:
    """Whom a report of a server can be told: its channel for staff, if there is one, and its known readers.

    `pseudonyms`: of all who are known to see what staff see, by id. A report about one who has deleted their data has
    that in the place of the id.
    """

    locale: str
    channel_id: int | None
    readers: frozenset[int]
    pseudonyms: Mapping[int, int]

    def readers_of(self, parties: Collection[int | None]) -> Sequence[int]:
        """The known readers who are none of these members."""
        return sorted(each for each in self.readers if each not in parties and self.pseudonyms[each] not in parties)

    def hears_of(self, report: Report) -> bool:
        """Whether anybody among them can be told of a report: in their channel or, about one of them, in a message."""
        in_channel = self.channel_id is not None and not report.about_staff
        return in_channel or bool(self.readers_of([report.reporter_id, report.reported_id]))

    def includes(self, member_id: int) -> bool:
        """Whether a member is known to see what staff see."""
        return any(member_id in names for names in self.pseudonyms.items())


class ReportFinder:
    """Finds reports and staff. A report whose evidence cannot be read is read without it."""

    def __init__(self, database: Database, *, privacy_key: bytes) -> None:
        self._database = database
        self._privacy_key = privacy_key
        self._rows = RowReader("reports", self._read)
        self._evidence = RowReader("evidence of report", lambda row: decode(row["evidence"], Evidence))
        self._earlier = RowReader("reports", _read_earlier)

    async def find(self, query: str, **values: int | str) -> Report | None:
        """The report that a query finds, or None."""
        return self.read_one(await self._database.one(query, **values))

    def read_one(self, row: Row | None) -> Report | None:
        """The report in a row that was found otherwise; None if it cannot be read."""
        return self._rows.read_one(row)

    async def find_all(self, query: str, **values: int | str) -> Sequence[Report]:
        """All reports that a query finds."""
        return self._rows.read_all(await self._database.all(query, **values))

    async def find_earlier(
        self, server_id: int, member_id: int, pseudonym: int, *, besides: str
    ) -> tuple[EarlierReport, ...]:
        """What was decided about this member before, besides the report with the id `besides`."""
        values = {"server_id": server_id, "member_id": member_id, "pseudonym": pseudonym}
        return tuple(
            self._earlier.read_all(await self._database.all("reports.find_earlier", **values, report_id=besides))
        )

    async def find_staff_for(self, report: Report) -> Staff:
        """The staff of a report's server, but for `find_excluded`."""
        return await self.find_staff(report.server_id, besides=await self.find_excluded(report))

    async def find_excluded(self, report: Report) -> Collection[int]:
        """The pseudonyms of those who never read a report, though it does not name them: they know somebody in it, or
        have filed it and deleted their data.
        """
        former = await self._database.one("former_reporters.find", report_id=report.id)
        recused = await self._database.all("report_recusals.list", report_id=report.id)
        return {row["reader"] for row in recused} | ({former["reporter"]} if former else set())

    async def find_staff(self, server_id: int, *, besides: Collection[int] = ()) -> Staff:
        """The staff of a server, as far as they are known, but for readers with these pseudonyms."""
        server = await self._database.one("servers.get", server_id=server_id)
        rows = await self._database.all("staff_members.list", server_id=server_id)
        pseudonyms = {row["member_id"]: pseudonym_of(self._privacy_key, row["member_id"]) for row in rows}
        readers = (row["member_id"] for row in rows if row["reads"])
        return Staff(
            locale=server["locale"] if server else SERVER_LOCALE,
            channel_id=server["staff_channel_id"] if server else None,
            readers=frozenset(each for each in readers if pseudonyms[each] not in besides),
            pseudonyms=pseudonyms,
        )

    def _read(self, row: Row) -> Report:
        return Report(
            id=row["id"],
            server_id=row["server_id"],
            number=row["number"],
            match_id=row["match_id"],
            side=row["side"],
            reporter_id=row["reporter_id"],
            reporter_locale=row["reporter_locale"],
            reported_id=row["reported_id"],
            reported_locale=row["reported_locale"],
            place=ReportPlace(row["place"]),
            reason=ReportReason(row["reason"]),
            words=row["words"],
            evidence=self._evidence.read_one(row),
            filed_at=from_ms(int(row["filed_at"])),
            counts_at=from_ms(int(row["counts_at"])),
            waits_since=from_ms(int(row["waits_since"])),
            announced=bool(row["announced"]),
            blocked_before=bool(row["blocked_before"]),
            about_staff=bool(row["about_staff"]),
            to_operator=bool(row["to_operator"]),
            escalation=Escalation(row["escalation"]),
            read_at=from_ms(row["read_at"]),
            taken_by=row["taken_by"],
            taken_until=from_ms(row["taken_until"]),
            decided=_read_decided(row),
            due_at=from_ms(row["due_at"]),
        )


def _read_decided(row: Row) -> Decided | None:
    at = from_ms(row["decided_at"])
    if at is None:
        return None
    return Decided(
        decision=Decision(row["decision"]),
        at=at,
        by=row["decided_by"],
        rule=row["rule"],
        sentence=row["sentence"],
        days=row["pause_days"],
        everywhere=bool(row["everywhere"]),
    )


def _read_earlier(row: Row) -> EarlierReport:
    return EarlierReport(
        number=row["number"],
        decision=Decision(row["decision"]),
        decided_at=from_ms(int(row["decided_at"])),
        days=row["pause_days"],
    )


def members_are(report: Report) -> Statement:
    """The statement that fails if a member of a report has another name by now, by a deletion or a return after one."""
    reporter_id = NOBODY if report.reporter_id is None else report.reporter_id
    values = {"report_id": report.id, "reporter_id": reporter_id, "reported_id": report.reported_id}
    return Statement(name="reports.members_are", values=values, expect_rows=1)


def add_report(report: Report, *, blocker_id: int, kept_until: datetime) -> Statement:
    """The statement that stores a new report; whether the block was there before is found out then.

    `blocker_id` is the reporter's id, or the pseudonym of one who has deleted their data.
    """
    values = {
        "blocker_id": blocker_id,
        "id": report.id,
        "server_id": report.server_id,
        "number": report.number,
        "match_id": report.match_id,
        "side": report.side,
        "reporter_id": report.reporter_id,
        "reporter_locale": report.reporter_locale,
        "reported_id": report.reported_id,
        "reported_locale": report.reported_locale,
        "place": report.place,
        "reason": report.reason,
        "words": report.words,
        "evidence": encode(report.evidence),
        "filed_at": to_ms(report.filed_at),
        "counts_at": to_ms(report.counts_at),
        "announced": int(report.announced),
        "about_staff": int(report.about_staff),
        "to_operator": int(report.to_operator),
        "kept_until": to_ms(kept_until),
    }
    return Statement(name="reports.add", values=values, expect_rows=1)
