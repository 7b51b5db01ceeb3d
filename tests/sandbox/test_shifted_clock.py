"""The sandbox's clock."""

from datetime import timedelta

from bot.clock import SystemClock
from bot.sandbox.shifted_clock import ShiftedClock


def test_the_clock_is_ahead_by_what_it_was_moved() -> None:
    """It starts with the machine's time, and two jumps add up."""
    clock, machine = ShiftedClock(), SystemClock()
    before = machine.now()
    assert before <= clock.now() <= machine.now()
    clock.shift(timedelta(hours=1))
    clock.shift(timedelta(seconds=10))
    before, shifted, after = machine.now(), clock.now(), machine.now()
    assert before <= shifted - timedelta(hours=1, seconds=10) <= after
