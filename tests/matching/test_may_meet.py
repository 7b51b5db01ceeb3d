"""Who is kept apart, and until when; the other hard rules are tested by the fits."""

from datetime import timedelta

import pytest

from bot.matching.history import History
from bot.matching.may_meet import may_meet
from tests.clocks import START
from tests.matching.sample_tickets import ticket

APART = History(apart_until={(1, 2): START + timedelta(minutes=60)})


@pytest.mark.parametrize(("seconds", "allowed"), [(0, False), (3599, False), (3600, True), (3601, True)])
def test_two_kept_apart_may_meet_again_when_the_time_is_over(seconds: int, allowed: bool) -> None:
    """It is the same from both sides."""
    now = START + timedelta(seconds=seconds)
    assert may_meet(ticket(1), ticket(2), APART, now) is allowed
    assert may_meet(ticket(2), ticket(1), APART, now) is allowed


def test_others_are_not_kept_apart() -> None:
    """Each of the two may meet anybody else."""
    assert may_meet(ticket(1), ticket(3), APART, START)
    assert may_meet(ticket(3), ticket(2), APART, START)
