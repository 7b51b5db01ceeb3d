"""Statistics that tell nothing of one person: days are put together until enough people are behind a number.

The rule: a number is shown only for a *batch*, a run of whole days (in UTC) of one week, Monday to Sunday, that has at
least `FEWEST_PEOPLE` of what is counted and as many different people behind it. A batch ends on the first day on which
both hold. What is left at the end of a week is never shown, and is in no sum: every sum is one of batches. What is
counted in one series is counted in no other whose number it could be subtracted from. Today is left out, and what
happened on a day does not change later, so neither does a batch. Hence the difference of any two numbers, of one call
or of several, is again about batches.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import groupby

FEWEST_PEOPLE = 5
"""A smaller number is not said, nor one behind which there are fewer people."""

DAY = timedelta(days=1)
MOST_PERCENT = 90
"""How many of all searches have the longer of the two waits that are shown; half have the shorter one."""


class Series(StrEnum):
    """What is counted. A match is in one of the first three, a link in one of the last two."""

    MET = "met"
    NO_SHOW = "no_show"  # somebody did not come; the people behind it are those who did not
    CALLED_OFF = "called_off"  # came to nothing for another reason
    FOUND = "found"  # searches that found a partner; requeued members arrived only once
    UNMATCHED = "unmatched"  # searches that did not, by subject
    DIRECT = "direct"  # links that came as a direct message
    NOT_DIRECT = "not_direct"  # links that came in another way, because they could not


OUTCOMES = (Series.MET, Series.NO_SHOW, Series.CALLED_OFF)


@dataclass(frozen=True, kw_only=True, slots=True)
class DayCount:
    """How many there were on one day, and how many different people are behind them.

    `members` are their ids if they are fewer than `FEWEST_PEOPLE`: several days may have the same. Nobody else gets
    them.
    """

    day: date
    count: int
    people: int
    members: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """How many there were from the day `first` to the day `last`."""

    first: date
    last: date
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """The days from `first` to before `end`. Days from `read_from`, a Monday, are needed to form its batches."""

    read_from: date
    first: date
    end: date

    def has_batch(self, batch: Batch) -> bool:
        """Whether the whole batch lies in this period."""
        return self.first <= batch.first and batch.last < self.end


@dataclass(frozen=True, kw_only=True, slots=True)
class Waits:
    """In how many whole minutes, rounded up, half of the searches had a partner, and `MOST_PERCENT` of 100."""

    first: date
    last: date
    half: int
    most: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Statistics:
    """What is shown of one server in one period. A series, or subject, without a batch is missing.

    `waits` are by batch, `wait` is that of all of them together.
    """

    period: Period
    batches: Mapping[Series, Sequence[Batch]] = field(default_factory=dict)
    unmatched: Mapping[str, int] = field(default_factory=dict)
    waits: Sequence[Waits] = ()
    wait: Waits | None = None

    def total(self, *series: Series) -> int:
        """How many there are in the batches of these series; 0 if there is none."""
        return sum(batch.count for each in series for batch in self.batches.get(each, ()))


def period_of(now: datetime, days: int, *, kept_for: timedelta) -> Period:
    """The last `days` whole days before that of `now`, as far as their weeks are kept whole for `kept_for`."""
    today = now.astimezone(UTC).date()
    first = today - days * DAY
    read_from = _monday_of(first)
    kept_from = (now - kept_for).astimezone(UTC).date() + DAY
    if read_from < kept_from:
        read_from = _monday_of(kept_from + 6 * DAY)
    return Period(read_from=read_from, first=max(first, read_from), end=today)


def form_batches(days: Iterable[DayCount]) -> Sequence[Batch]:
    """The batches of one series, in order. `days` are whole weeks, but for days that are not over yet."""
    ordered = sorted(days, key=lambda each: each.day)
    return [batch for _, week in groupby(ordered, lambda each: _monday_of(each.day)) for batch in _batches_of(week)]


def _batches_of(week: Iterable[DayCount]) -> Iterable[Batch]:
    open_days: list[DayCount] = []
    for day in week:
        open_days.append(day)
        count, members = sum(each.count for each in open_days), frozenset[int]().union(*(d.members for d in open_days))
        if count >= FEWEST_PEOPLE and max(len(members), *(each.people for each in open_days)) >= FEWEST_PEOPLE:
            yield Batch(first=open_days[0].day, last=day.day, count=count)
            open_days = []


def waits_in(batches: Sequence[Batch], minutes: Mapping[date, Mapping[int, int]]) -> Waits | None:
    """How long the searches in these batches took together; None without a batch.

    `minutes` has by day how many searches took how many whole minutes, cut off.
    """
    if not batches:
        return None
    counts: Counter[int] = Counter()
    for day, by_minute in minutes.items():
        if any(batch.first <= day <= batch.last for batch in batches):
            counts.update(by_minute)
    return Waits(
        first=batches[0].first,
        last=batches[-1].last,
        half=_reached_by(counts, 50),
        most=_reached_by(counts, MOST_PERCENT),
    )


def _reached_by(counts: Mapping[int, int], percent: int) -> int:
    """After how many minutes so many of all had a partner."""
    wanted, reached = percent * sum(counts.values()), 0
    for minutes in sorted(counts):
        reached += counts[minutes]
        if 100 * reached >= wanted:
            return minutes + 1
    return 0


def _monday_of(day: date) -> date:
    return day - day.weekday() * DAY
