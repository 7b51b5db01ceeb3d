"""The sandbox's clock, and real video beside it."""

from datetime import timedelta

from bot.clock import SystemClock
from bot.domain.match import MatchState
from bot.sandbox.shifted_clock import ShiftedClock
from tests.polling import until
from tests.sandbox.room_visitor import RoomVisitor
from tests.sandbox.sandbox_with_video import sandbox_with_video
from tests.sandbox.student import Student


def test_the_clock_is_ahead_by_what_it_was_moved() -> None:
    """It starts with the machine's time, and two jumps add up."""
    clock, machine = ShiftedClock(), SystemClock()
    before = machine.now()
    assert before <= clock.now() <= machine.now()
    clock.shift(timedelta(hours=1))
    clock.shift(timedelta(seconds=10))
    before, shifted, after = machine.now(), clock.now(), machine.now()
    assert before <= shifted - timedelta(hours=1, seconds=10) <= after


async def test_two_meet_in_a_room_after_the_clock_was_moved() -> None:
    """LiveKit has the machine's time; it admits both, and reports them to a web part that is an hour ahead."""
    async with sandbox_with_video(students=2) as sandbox:
        sandbox.pass_an_hour()
        students = [Student(sandbox, name) for name in ("Alice", "Bob")]
        for student in students:
            await student.search()
        async with RoomVisitor(sandbox) as one, RoomVisitor(sandbox) as other:
            for visitor, student in zip((one, other), students, strict=True):
                await visitor.redeem(await student.link())
            for visitor in (one, other):
                await visitor.enter()

            async def is_meeting() -> bool:
                return bool((await one.ask("GET", "/session"))["state"] == MatchState.MEETING)

            await until(is_meeting)
            assert await is_meeting()
