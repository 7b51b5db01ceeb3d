"""What is copied into a report when it is filed: times and a subject, nothing of what was said or shown."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.report import Evidence, MediaTimes, SeatTimes
from bot.domain.room import MediaSource
from bot.domain.verdict import EarlierReport
from bot.store.database import Row
from bot.store.times import from_ms


def evidence_of(seat: Row, media: Sequence[Row], earlier: tuple[EarlierReport, ...], now: datetime) -> Evidence:
    """What is copied into a report: of the reporter's `seat`, the `media` rows of both seats, and `earlier` reports.

    The reporter, if they are in the match still, leaves now.
    """
    own, partner = _seat_times(seat, "own", media), _seat_times(seat, "partner", media)
    if own.left_at is None and seat["ended_at"] is None:
        ended = tuple(replace(each, last_at=each.last_at or now) for each in own.media or ())
        own = replace(own, left_at=now, media=ended)
    return Evidence(
        pool=seat["pool"],
        subject=seat["subject"] or "",
        matched_at=from_ms(int(seat["created_at"])),
        met_at=from_ms(seat["met_at"]),
        reporter=own,
        reported=partner,
        earlier=earlier,
    )


def _seat_times(seat: Row, whose: str, media: Sequence[Row]) -> SeatTimes:
    side = seat["side"] if whose == "own" else 1 - seat["side"]
    return SeatTimes(
        invited_at=from_ms(seat[f"{whose}_invited_at"]),
        entered_at=from_ms(seat[f"{whose}_entered_at"]),
        left_at=from_ms(seat[f"{whose}_left_at"]),
        media=tuple(_media_times(row) for row in media if row["side"] == side),
    )


def _media_times(row: Row) -> MediaTimes:
    return MediaTimes(
        source=MediaSource(row["source"]),
        first_at=from_ms(int(row["first_at"])),
        last_at=from_ms(row["last_at"]),
    )
