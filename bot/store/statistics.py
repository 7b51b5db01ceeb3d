"""What is counted for the admins of a server, from the matches, links and searches that are kept."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from bot.domain.statistics import (
    DAY,
    FEWEST_PEOPLE,
    OUTCOMES,
    Batch,
    DayCount,
    Period,
    Series,
    Statistics,
    form_batches,
    period_of,
    waits_in,
)
from bot.store.codec import decode
from bot.store.database import Database, Row, Value
from bot.store.retention import KEPT_FOR
from bot.store.times import EPOCH, MILLISECOND, to_ms

COUNTED_FOR = min(KEPT_FOR["matches"], KEPT_FOR["tickets"])
SHOWN_BY_DAY = (*OUTCOMES, Series.FOUND, Series.DIRECT, Series.NOT_DIRECT)

Counts = Mapping[tuple[Series, str], Sequence[DayCount]]
"""By series and subject; the subject is empty where nothing is counted by it."""


class ServerStatistics:
    """Reads the statistics of servers. Ids of members are read to tell people apart, and go no further."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, server_id: int, *, days: int, now: datetime) -> Statistics:
        """What may be shown of the last `days` whole days (UTC), as far as they are kept. Raises StoreUnavailable."""
        period = period_of(now, days, kept_for=COUNTED_FOR)
        values: Mapping[str, Value] = {
            "server_id": server_id,
            "since": to_ms(_start_of(period.read_from)),
            "until": to_ms(_start_of(period.end)),
            "day_length": DAY // MILLISECOND,
        }
        counts: defaultdict[tuple[Series, str], list[DayCount]] = defaultdict(list)
        for query in ("matches.count_outcomes", "matches.count_links", "tickets.count_ended"):
            for row in await self._database.all(query, **values, fewest=FEWEST_PEOPLE):
                counts[Series(row["series"]), row["about"]].append(_day_count(row))
        waits = await self._database.all(
            "tickets.count_waits", **values, minute_length=timedelta(minutes=1) // MILLISECOND
        )
        return _statistics(period, counts, _minutes_by_day(waits))


def _statistics(period: Period, counts: Counts, minutes: Mapping[date, Mapping[int, int]]) -> Statistics:
    shown = {key: [batch for batch in form_batches(days) if period.has_batch(batch)] for key, days in counts.items()}
    batches: dict[Series, Sequence[Batch]] = {each: shown.get((each, ""), ()) for each in SHOWN_BY_DAY}
    found = batches[Series.FOUND]
    return Statistics(
        period=period,
        batches={series: each for series, each in batches.items() if each},
        unmatched={
            about: sum(batch.count for batch in each)
            for (series, about), each in shown.items()
            if series is Series.UNMATCHED and each
        },
        waits=[waits for batch in found if (waits := waits_in([batch], minutes)) is not None],
        wait=waits_in(found, minutes),
    )


def _day_count(row: Row) -> DayCount:
    return DayCount(
        day=_day_of(row),
        count=row["count"],
        people=row["people"],
        members=frozenset(decode(row["members"], list[int])) if row["members"] else frozenset(),
    )


def _minutes_by_day(rows: Sequence[Row]) -> Mapping[date, Mapping[int, int]]:
    found: defaultdict[date, dict[int, int]] = defaultdict(dict)
    for row in rows:
        found[_day_of(row)][row["minutes"]] = row["count"]
    return found


def _day_of(row: Row) -> date:
    return (EPOCH + int(row["day"]) * DAY).date()


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
