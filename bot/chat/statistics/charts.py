"""What the pictures show, as plain values with their labels; see `pictures.py` for how they are drawn."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from bot.domain.display_name import clean_display_name
from bot.domain.statistics import DAY, MOST_PERCENT, OUTCOMES, Batch, Period, Statistics
from bot.domain.ticket import ANY
from bot.words import Words

MOST_SUBJECTS = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class DayChart:
    """Bars by day. `layers` have a label and a value for each day, None where there is none to show.

    `stacked`: a layer stands on the one before it; otherwise it stands in front of it. `empty_label` says what a day
    without any value means.
    """

    name: str
    title: str
    describe: str
    days: tuple[str, ...]
    layers: tuple[tuple[str, tuple[float | None, ...]], ...]
    stacked: bool
    empty_label: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RankChart:
    """Bars with a label each, the longest first."""

    name: str
    title: str
    describe: str
    bars: tuple[tuple[str, int], ...]


Chart = DayChart | RankChart


class Days(Protocol):
    """Anything about the days from `first` to `last`."""

    @property
    def first(self) -> date: ...
    @property
    def last(self) -> date: ...


AboutDays = TypeVar("AboutDays", bound=Days)


def charts_of(words: Words, statistics: Statistics) -> Sequence[Chart]:
    """The charts for which there is at least one number."""
    found: list[Chart] = []
    if any(series in statistics.batches for series in OUTCOMES):
        found.append(_matches_chart(words, statistics))
    if statistics.waits:
        found.append(_waits_chart(words, statistics))
    if statistics.unmatched:
        found.append(_subjects_chart(words, statistics))
    return found


def ranked_subjects(statistics: Statistics) -> Sequence[tuple[str, int]]:
    """The subjects without a partner that are shown, most searches first."""
    return sorted(statistics.unmatched.items(), key=lambda each: (-each[1], each[0]))[:MOST_SUBJECTS]


def shown_date(words: Words, day: date) -> str:
    """A day without its year, such as "3 Nov"."""
    return words("chat.stats.date", day=day.day, month=words("chat.stats.months").split(" ")[day.month - 1])


def _matches_chart(words: Words, statistics: Statistics) -> DayChart:
    """A batch of several days is spread evenly over them."""
    return DayChart(
        name="matches.png",
        title=words("chat.stats.chart.matches"),
        describe=words("chat.stats.describe.matches"),
        days=_labels(words, statistics.period),
        layers=tuple(
            (
                words(f"chat.stats.series.{series}"),
                _by_day(statistics.period, statistics.batches.get(series, ()), _count_a_day),
            )
            for series in OUTCOMES
        ),
        stacked=True,
        empty_label=words("chat.stats.chart.quiet"),
    )


def _waits_chart(words: Words, statistics: Statistics) -> DayChart:
    return DayChart(
        name="waits.png",
        title=words("chat.stats.chart.waits"),
        describe=words("chat.stats.describe.waits", percent=MOST_PERCENT),
        days=_labels(words, statistics.period),
        layers=(
            (
                words("chat.stats.chart.most", percent=MOST_PERCENT),
                _by_day(statistics.period, statistics.waits, lambda each: each.most),
            ),
            (words("chat.stats.chart.half"), _by_day(statistics.period, statistics.waits, lambda each: each.half)),
        ),
        stacked=False,
        empty_label=words("chat.stats.chart.quiet"),
    )


def _subjects_chart(words: Words, statistics: Statistics) -> RankChart:
    return RankChart(
        name="subjects.png",
        title=words("chat.stats.chart.subjects"),
        describe=words("chat.stats.describe.subjects"),
        bars=tuple((subject_name(words, subject), count) for subject, count in ranked_subjects(statistics)),
    )


def subject_name(words: Words, subject: str) -> str:
    """A subject as its server calls it, or what stands for any."""
    if subject == ANY:
        return words("chat.any_subject")
    return clean_display_name(subject, fallback="?", max_letters=len(subject))


def _count_a_day(batch: Batch) -> float:
    return batch.count / ((batch.last - batch.first) // DAY + 1)


def _by_day(
    period: Period, parts: Iterable[AboutDays], value_of: Callable[[AboutDays], float]
) -> tuple[float | None, ...]:
    values: list[float | None] = [None] * ((period.end - period.first) // DAY)
    for part in parts:
        start, end = (part.first - period.first) // DAY, (part.last - period.first) // DAY
        values[start : end + 1] = [value_of(part)] * (end + 1 - start)
    return tuple(values)


def _labels(words: Words, period: Period) -> tuple[str, ...]:
    return tuple(shown_date(words, period.first + number * DAY) for number in range((period.end - period.first) // DAY))
