"""No number in statistics is about few people, and none can be computed from two of them."""

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.statistics import FEWEST_PEOPLE, Batch, DayCount, form_batches, period_of, waits_in

KEPT_FOR = timedelta(days=30)
DAY = timedelta(days=1)
MONDAY = date(2026, 3, 2)

Events = Mapping[date, Sequence[int]]
"""Who did something on a day, once for each time."""


def day_count(day: date, members: Sequence[int]) -> DayCount:
    """A day as the store reads it."""
    people = frozenset(members)
    return DayCount(
        day=day,
        count=len(members),
        people=len(people),
        members=people if len(people) < FEWEST_PEOPLE else frozenset(),
    )


def random_events(seed: int) -> Events:
    """Sixty days in a small server, busier or quieter from day to day."""
    rng = random.Random(seed)
    crowd = rng.randint(1, 30)
    days = [MONDAY + number * DAY for number in range(60)]
    return {day: [rng.randint(1, crowd) for _ in range(rng.choice((0, 0, 1, 2, 4, 9)))] for day in days}


def shown_batches(events: Events, now: datetime, days: int) -> list[Batch]:
    """What an admin sees at `now`, of what is kept then."""
    period = period_of(now, days, kept_for=KEPT_FOR)
    kept = {
        day: who for day, who in events.items() if now - KEPT_FOR <= datetime(day.year, day.month, day.day, tzinfo=UTC)
    }
    counts = [day_count(day, who) for day, who in kept.items() if who and period.read_from <= day < period.end]
    return [batch for batch in form_batches(counts) if period.has_batch(batch)]


def people_of(events: Events, batch: Batch) -> set[int]:
    """Everybody who is behind a batch."""
    return {member for day, who in events.items() if batch.first <= day <= batch.last for member in who}


def test_every_difference_is_about_five_people() -> None:
    """Batches of all calls, at any hour and for both periods, are the same or have no day in common.

    So whatever is added and subtracted, what comes out is about whole batches, each of five people or more.
    """
    for seed in range(60):
        events = random_events(seed)
        seen: set[Batch] = set()
        for hour in range(0, 60 * 24, 7):
            now = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(hours=hour)
            for days in (7, 28):
                seen |= set(shown_batches(events, now, days))
        covered: set[date] = set()
        for batch in seen:
            own = {batch.first + number * DAY for number in range((batch.last - batch.first).days + 1)}
            assert not covered & own
            covered |= own
            assert batch.count == sum(len(events[day]) for day in own) >= FEWEST_PEOPLE
            assert len(people_of(events, batch)) >= FEWEST_PEOPLE


def test_what_happens_today_changes_nothing() -> None:
    """Two calls on one day, before and after somebody has searched, show the same."""
    events = dict(random_events(3))
    morning = datetime(2026, 4, 1, 6, tzinfo=UTC)
    before = shown_batches(events, morning, 28)
    events[morning.date()] = [1] * 9 + list(range(9))
    assert shown_batches(events, morning + timedelta(hours=17), 28) == before


def test_a_quiet_week_is_not_carried_over() -> None:
    """What is left at the end of a week is shown never: otherwise a number would depend on what is still kept."""
    quiet, busy = [day_count(MONDAY, [1, 2, 3, 4])], [day_count(MONDAY + 7 * DAY, [1, 2, 3, 4, 5])]
    assert form_batches(quiet + busy) == [Batch(first=MONDAY + 7 * DAY, last=MONDAY + 7 * DAY, count=5)]


@pytest.mark.parametrize(("weekday", "days"), list(enumerate((28, 28, 23, 24, 25, 26, 27))))
def test_a_long_period_has_whole_weeks_that_are_kept(weekday: int, days: int) -> None:
    """28 days are shown if their first week is kept; otherwise the days from the next Monday on."""
    now = datetime(2026, 3, 2 + weekday, 23, 59, tzinfo=UTC)
    period = period_of(now, 28, kept_for=KEPT_FOR)
    assert (period.end - period.first).days == days
    assert period.read_from.weekday() == 0
    assert datetime(period.read_from.year, period.read_from.month, period.read_from.day, tzinfo=UTC) >= now - KEPT_FOR


def test_waits_are_rounded_up() -> None:
    """Half and nine of ten had a partner within so many minutes; days outside the batch do not count."""
    batch = Batch(first=MONDAY, last=MONDAY, count=10)
    waits = waits_in([batch], {MONDAY: {0: 5, 3: 4, 20: 1}, MONDAY + DAY: {59: 50}})
    assert waits is not None
    assert (waits.half, waits.most) == (1, 4)
    assert waits_in([], {}) is None


def test_three_matches_of_six_people_are_no_number() -> None:
    """What is said is a number of matches, and is not below five either."""
    days = [DayCount(day=MONDAY + number * DAY, count=3, people=6) for number in range(2)]
    assert form_batches(days[:1]) == []
    assert form_batches(days) == [Batch(first=MONDAY, last=MONDAY + DAY, count=6)]
