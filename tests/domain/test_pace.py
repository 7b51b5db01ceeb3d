"""How soon a member may look for the next partner."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.domain.pace import next_partner_at, no_show_pause_ends_at
from tests.clocks import START

MOMENT = timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("minutes_ago", "free_in"),
    [
        ([], None),
        ([2], None),
        ([1], 1),
        ([0], 2),
        ([50, 30, 10], None),
        ([50, 30, 10, 1], 10),
        ([59, 30, 10, 1], 1),
        ([60, 30, 10, 5], None),
        ([58, 40, 30, 20, 10], 20),
        ([3, 59, 20, 40], 1),
    ],
)
def test_four_partners_an_hour_and_two_minutes_between(minutes_ago: Sequence[int], free_in: int | None) -> None:
    """The fourth of the latest leaves the hour first; whatever ends later counts, whatever the order."""
    met_at = [START - timedelta(minutes=each) for each in minutes_ago]
    free_at = next_partner_at(met_at, START)
    assert free_at == (None if free_in is None else START + timedelta(minutes=free_in))
    if free_at is not None:
        assert next_partner_at(met_at, free_at - MOMENT) == free_at
        assert next_partner_at(met_at, free_at) is None


@pytest.mark.parametrize(
    ("minutes_ago", "free_in"),
    [([], None), ([0], None), ([600, 0], 10), ([600, 10], None), ([900, 600, 0], 60), ([900, 800, 700, 59], 1)],
)
def test_not_coming_costs_a_growing_pause(minutes_ago: Sequence[int], free_in: int | None) -> None:
    """Nothing the first time, then ten minutes, then an hour each time."""
    no_shows = [START - timedelta(minutes=each) for each in minutes_ago]
    free_at = no_show_pause_ends_at(no_shows, START)
    assert free_at == (None if free_in is None else START + timedelta(minutes=free_in))
    if free_at is not None:
        assert no_show_pause_ends_at(no_shows, free_at - MOMENT) == free_at
        assert no_show_pause_ends_at(no_shows, free_at) is None
