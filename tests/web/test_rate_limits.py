"""How many attempts are allowed."""

from datetime import timedelta

import pytest

from tests.clocks import VirtualClock
from web.problems import HttpProblem
from web.rate_limits import MAX_KEYS, RateLimit


def test_window_slides() -> None:
    """At most three attempts within any minute; a refused attempt does not count."""
    clock = VirtualClock()
    limit = RateLimit(clock=clock, max_attempts=3, window=timedelta(minutes=1))
    for _ in range(3):
        limit.record_attempt("a")
        clock.pass_time(seconds=10)
    for wait in (30, 20, 10):
        with pytest.raises(HttpProblem) as refused:
            limit.record_attempt("a")
        assert refused.value.retry_after == wait
        clock.pass_time(seconds=10)
    limit.record_attempt("a")
    with pytest.raises(HttpProblem):
        limit.record_attempt("a")
    limit.record_attempt("b")


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_corrected_clock_locks_nobody_out(hours: int) -> None:
    """The window is measured in time that has passed."""
    clock = VirtualClock()
    limit = RateLimit(clock=clock, max_attempts=1, window=timedelta(minutes=1))
    limit.record_attempt("a")
    clock.correct(hours=hours)
    with pytest.raises(HttpProblem) as refused:
        limit.record_attempt("a")
    assert refused.value.retry_after == 60
    clock.pass_time(minutes=1)
    limit.record_attempt("a")


def test_flood_of_keys() -> None:
    """Memory stays bounded: the oldest keys are dropped, the newest keep their limit."""
    limit = RateLimit(clock=VirtualClock(), max_attempts=1, window=timedelta(minutes=1))
    for number in range(MAX_KEYS + 10):
        limit.record_attempt(str(number))
    limit.record_attempt("0")
    with pytest.raises(HttpProblem):
        limit.record_attempt(str(MAX_KEYS))
