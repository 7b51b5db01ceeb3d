"""How matches end in these tests: as the rules end them."""

from bot.domain.match import OVERTIME, UNDO_FOR, EndReason
from tests.store.scenario import Meeting, Scenario


async def end(scenario: Scenario, meeting: Meeting, reason: EndReason = EndReason.BLOCKED) -> None:
    """End a match for a reason that holds; where the reason needs it time passes before."""
    if reason is EndReason.DECLINED:
        await scenario.store.browser_sessions.leave_seat(meeting.seats[1], scenario.clock.now())
        scenario.clock.pass_time(seconds=UNDO_FOR.total_seconds())
    if reason is EndReason.DONE:
        await scenario.in_the_room(meeting)
        scenario.clock.pass_time(minutes=50, seconds=OVERTIME.total_seconds())
    assert await scenario.store.matches.end(meeting.match_id, reason, now=scenario.clock.now())
