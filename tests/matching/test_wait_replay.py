"""What one who waits may expect, by who came lately."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.search.cards import MIN_CHANCE
from bot.domain.ticket import RecentTicket, Style, Ticket
from bot.matching.fit import Weights
from bot.matching.wait_estimate import MINUTES, WaitEstimate, rounded_minutes
from bot.matching.wait_replay import estimate_wait_by_replay
from tests.clocks import START
from tests.matching.sample_tickets import ticket

OURS = ticket(1, subject="Maths", style=Style.QUIET)


def outlook(every: float, *, count: int = 100, waiting: Sequence[Ticket] = (), ours: Ticket = OURS) -> WaitEstimate:
    """What is expected where somebody with any wishes came every so many seconds."""
    subjects = ("Maths", "Art", "Law", "Physics")
    came = [
        RecentTicket(ticket=ticket(100 + number, after=-every * number, subject=subjects[number % 4]), is_waiting=False)
        for number in range(count, 0, -1)
    ]
    here = [RecentTicket(ticket=each, is_waiting=True) for each in (*waiting, ours)]
    found = estimate_wait_by_replay(ours, [*came, *here], weights=Weights(), now=START)
    assert found is not None
    return found


def test_the_more_come_the_sooner_and_surer() -> None:
    """A busy server promises less of a wait than a usual one, and a better chance than a quiet one."""
    # Every 1300 seconds, for who comes every 1200 comes at three times of the hour, and is expected then.
    busy, usual, quiet = (outlook(seconds) for seconds in (20, 120, 1300))
    assert busy.seconds < usual.seconds
    assert busy.chance > usual.chance > quiet.chance
    assert busy.chance > 0.9
    assert quiet.chance < 0.5


def test_who_has_a_partner_here_need_not_wait() -> None:
    """The next decision will put them together."""
    assert outlook(1200, waiting=[ticket(2, subject="Maths", style=Style.QUIET)]) == WaitEstimate(seconds=0, chance=1)


def test_without_patience_there_is_nothing_to_expect() -> None:
    """A search that is over is told so elsewhere."""
    late = replace(OURS, expires_at=START - timedelta(seconds=1))
    assert estimate_wait_by_replay(late, [], weights=Weights(), now=START) is None


def test_where_nobody_ever_came_nothing_is_promised() -> None:
    """The first in a new server hears that few are here."""
    assert outlook(60, count=0).chance < MIN_CHANCE


@pytest.mark.parametrize(
    ("seconds", "minutes"),
    [(0, 0), (41, 0), (43, 1), (90, 2), (155, 2), (160, 3), (300, 5), (480, 8), (700, 12), (3600, 20)],
)
def test_what_is_said(seconds: float, minutes: int) -> None:
    """A few round numbers, each for what lies about it."""
    assert rounded_minutes(seconds) == minutes
    assert minutes in MINUTES
