"""However late requests arrive, Discord counts no more of them in a second than it allows."""

from collections.abc import Callable, Sequence
from random import Random

import pytest

from bot.chat.discord_limits import ALLOWED_TO_BOT, LEFT_FOR_BUNCHES
from bot.chat.request_window import A_SECOND, LONGEST_WAY, RequestWindow
from bot.sandbox.discord.rate_limits import GLOBAL_LIMIT
from tests.clocks import VirtualClock

MOST = ALLOWED_TO_BOT.per_second + LEFT_FOR_BUNCHES


def filled(clock: VirtualClock) -> tuple[RequestWindow, Sequence[Callable[[], None]]]:
    """A window without room, and what says that each of its requests was answered."""
    window = RequestWindow(clock, lambda: MOST)
    answered = []
    for _ in range(MOST):
        assert window.seconds_to_room() == 0
        answered.append(window.begin())
    return window, answered


def test_a_request_counts_for_a_second_after_it_was_sent() -> None:
    """If every answer takes as long as the quickest, nothing was late on its way."""
    clock = VirtualClock()
    window, answered = filled(clock)
    assert window.seconds_to_room() > 0
    clock.pass_time(seconds=0.2)
    for each in answered:
        each()
    clock.pass_time(seconds=0.79)
    assert window.seconds_to_room() == pytest.approx(A_SECOND - 0.99)
    clock.pass_time(seconds=0.02)
    assert window.seconds_to_room() == 0


def test_what_an_answer_took_longer_than_the_quickest_may_have_been_before_the_count() -> None:
    """The request counts for that much longer."""
    clock = VirtualClock()
    window, (first, *others) = filled(clock)
    clock.pass_time(seconds=0.1)
    first()
    clock.pass_time(seconds=0.5)
    for each in others:
        each()
    clock.pass_time(seconds=0.45)
    assert window.seconds_to_room() == 0, "the first one's second is over"
    window.begin()
    assert window.seconds_to_room() > 0, "that of the others is not"
    clock.pass_time(seconds=0.46)
    assert window.seconds_to_room() == 0


def test_a_request_that_is_never_answered_makes_room_in_the_end() -> None:
    """A Discord that has fallen silent holds up nobody for long."""
    clock = VirtualClock()
    window, _ = filled(clock)
    clock.pass_time(seconds=LONGEST_WAY + A_SECOND - 0.01)
    assert window.seconds_to_room() > 0
    clock.pass_time(seconds=0.02)
    assert window.seconds_to_room() == 0


@pytest.mark.parametrize("seed", range(20))
def test_no_delay_makes_discord_count_too_many(seed: int) -> None:
    """Whatever each way there and back takes, also where a stall lets everything arrive in one moment."""
    random, clock = Random(seed), VirtualClock()
    window, now = RequestWindow(clock, lambda: MOST), 0.0
    counted: list[float] = []
    under_way: list[tuple[float, Callable[[], None]]] = []
    stall_ends = 0.0
    while now < 20:
        if random.random() < 0.004:
            stall_ends = now + random.uniform(0, LONGEST_WAY / 2)
        for end, answered in [each for each in under_way if each[0] <= now]:
            under_way.remove((end, answered))
            answered()
        if window.seconds_to_room() == 0:
            answered = window.begin()
            counted.append(max(now + 0.03 + random.choice([0, 0, 0, 0.2]) * random.random(), stall_ends))
            under_way.append((counted[-1] + 0.05 + random.choice([0, 0.3]) * random.random(), answered))
        clock.pass_time(seconds=0.005)
        now += 0.005
    busiest = max(sum(begin <= each < begin + 1 for each in counted) for begin in counted)
    assert MOST * 0.9 <= busiest < GLOBAL_LIMIT
