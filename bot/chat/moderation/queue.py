"""The list of what waits for readers: reports and, among them, appeals; the oldest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.clock import Clock
from bot.domain.report import ReportSide
from bot.domain.report_reader import Reader
from bot.store.appeals import Appeals, OpenAppeal
from bot.store.report_desk import ReportDesk
from bot.store.report_rows import Report

PER_PAGE: Final = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueEntry:
    """A report that waits for a decision or, with `appeal_of`, one that was decided and that this side asks about."""

    report: Report
    since: datetime
    appeal_of: ReportSide | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class QueuePage:
    """A page of the list, from 1 on, and the figures of all of it. `oldest_at` is None if nothing waits.

    `held`: reports that keep somebody from being matched; None if the reader may not know.
    """

    entries: Sequence[QueueEntry]
    number: int
    pages: int
    waiting: int
    unread: int
    held: int | None
    oldest_at: datetime | None
    now: datetime


class ReportQueue:
    """Reads the list, for each reader as they may see it."""

    def __init__(self, desk: ReportDesk, appeals: Appeals, clock: Clock) -> None:
        self._desk = desk
        self._appeals = appeals
        self._clock = clock

    async def page(self, reader: Reader, number: int) -> QueuePage:
        """The page with this number, or the last one if there are fewer by now."""
        now = self._clock.now()
        reports, appeals = await self._desk.list_open(reader, now), await self._appeals.list_open(reader, now)
        entries = sorted(
            [
                *(QueueEntry(report=each, since=each.filed_at) for each in reports),
                *(QueueEntry(report=each.report, since=each.asked_at, appeal_of=each.side) for each in appeals),
            ],
            key=lambda entry: (entry.since, entry.report.number),
        )
        pages = max(1, -(-len(entries) // PER_PAGE))
        shown = min(max(number, 1), pages)
        figures = await self._desk.unread_figures(reader.server_id, now, reader=reader) if reader.is_staff else None
        return QueuePage(
            entries=entries[(shown - 1) * PER_PAGE : shown * PER_PAGE],
            number=shown,
            pages=pages,
            waiting=len(entries),
            unread=sum(each.report.read_at is None for each in entries),
            held=figures.held if figures else None,
            oldest_at=entries[0].since if entries else None,
            now=now,
        )

    async def appeals_about(self, reader: Reader, report_id: str) -> Sequence[OpenAppeal]:
        """The appeals that wait about this report."""
        waiting = await self._appeals.list_open(reader, self._clock.now())
        return [each for each in waiting if each.report.id == report_id]
