"""The wait estimate from a pool's recent arrivals."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.search.cards import MIN_CHANCE
from bot.domain.ticket import RecentTicket, Style, Ticket
from bot.matching.fit import Weights
from bot.matching.wait_estimate import WaitEstimate
from bot.matching.wait_replay import estimate_waits_by_replay
from tests.clocks import START
from tests.matching.sample_tickets import ticket

OURS = ticket(1, subject="Maths", style=Style.QUIET)


def estimate(every_s: float, *, count: int = 100, waiting: Sequence[Ticket] = (), ours: Ticket = OURS) -> WaitEstimate:
    """The estimate after `count` arrivals with any subject, one every `every_s` seconds."""
    subjects = ("Maths", "Art", "Law", "Physics")
    past = [
        RecentTicket(
            ticket=ticket(100 + number, after=-every_s * number, subject=subjects[number % 4]), is_waiting=False
        )
        for number in range(count, 0, -1)
    ]
    here = [RecentTicket(ticket=each, is_waiting=True) for each in (*waiting, ours)]
    [found] = estimate_waits_by_replay([ours], [*past, *here], weights=Weights(), now=START)
    assert found is not None
    return found


def test_more_arrivals_mean_a_shorter_and_surer_wait() -> None:
    """A busy server has a shorter estimate than a usual one, and a better chance than a quiet one."""
    # 1300 and not 1200: a multiple of the length of the hour's parts would look like three busy parts.
    busy, usual, quiet = (estimate(seconds) for seconds in (20, 120, 1300))
    assert busy.seconds < usual.seconds
    assert busy.chance > usual.chance > quiet.chance
    assert busy.chance > 0.9
    assert quiet.chance < 0.5


def test_with_an_acceptable_partner_there_is_no_wait() -> None:
    """The next decision will pair them."""
    waiting = [ticket(2, subject="Maths", style=Style.QUIET)]
    assert estimate(1200, waiting=waiting) == WaitEstimate(seconds=0, chance=1)


@pytest.mark.parametrize(("waited_s", "seconds"), [(20, 40), (59, 1), (60, 0), (300, 0)])
def test_with_a_partner_of_the_opposite_style_the_wait_ends_with_the_minute(waited_s: int, seconds: int) -> None:
    """The two are paired when the longer-waiting has waited a minute."""
    talks = ticket(2, subject="Maths", style=Style.TALK, after=-waited_s)
    assert estimate(1200, waiting=[talks]) == WaitEstimate(seconds=seconds, chance=1)


def test_without_patience_there_is_no_estimate() -> None:
    """An expired ticket has none."""
    late = replace(OURS, expires_at=START - timedelta(seconds=1))
    assert estimate_waits_by_replay([late], [], weights=Weights(), now=START) == [None]


def test_without_past_arrivals_the_chance_is_small() -> None:
    """The first member of a new server gets a small chance."""
    assert estimate(60, count=0).chance < MIN_CHANCE
