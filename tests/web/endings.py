"""Ends matches in tests, only in ways the rules allow."""

from bot.domain.match import OVERTIME, UNDO_FOR, EndReason
from tests.store.scenario import Meeting, Scenario


async def end_match(scenario: Scenario, meeting: Meeting, reason: EndReason = EndReason.NO_SHOW) -> None:
    """End a match for `reason`; lets the time pass that the reason needs."""
    if reason is EndReason.DECLINED:
        await scenario.store.browser_sessions.leave_seat(meeting.seats[1], scenario.clock.now())
        scenario.clock.pass_time(seconds=UNDO_FOR.total_seconds())
    if reason is EndReason.DONE:
        await scenario.in_the_room(meeting)
        scenario.clock.pass_time(minutes=50, seconds=OVERTIME.total_seconds())
    assert await scenario.store.matches.end(meeting.match_id, reason, now=scenario.clock.now())
