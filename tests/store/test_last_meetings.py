"""When two members last met."""

import pytest

from tests.store.scenario import Scenario


async def test_last_meetings_with_those_who_wait(scenario: Scenario) -> None:
    """Found from both sides; a meeting with somebody who does not wait is left out."""
    meeting = await scenario.matched(1, 2)
    await scenario.in_the_room(meeting)
    scenario.clock.pass_time(seconds=60)
    for seat in meeting.seats:
        await scenario.store.browser_sessions.leave_seat(seat, scenario.clock.now())
    last_meetings = scenario.store.last_meetings
    assert await last_meetings.find_with_waiting([1]) == {}
    await scenario.waiting(2)
    assert list(await last_meetings.find_with_waiting([1])) == [(1, 2)]
    await scenario.waiting(1)
    assert list(await last_meetings.find_with_waiting([2])) == [(1, 2)]


@pytest.mark.parametrize("ends_by", ["leaving", "hanging up", "the sweep"])
@pytest.mark.parametrize(("seconds", "have_met"), [(59, False), (60, True)])
async def test_two_have_met_after_a_minute_together(
    scenario: Scenario, ends_by: str, seconds: int, have_met: bool
) -> None:
    """However it ends, the meeting is recorded with the time of its end; a shorter one is not recorded."""
    meeting = await scenario.matched(1, 2)
    await scenario.in_the_room(meeting)
    scenario.clock.pass_time(seconds=seconds)
    now = scenario.clock.now()
    if ends_by == "leaving":
        await scenario.store.browser_sessions.leave_seat(meeting.seats[0], now)
    elif ends_by == "hanging up":
        await scenario.store.presence.participant_left(meeting.seats[0], "PA_0", meeting.room_name, now)
    else:
        await scenario.store.presence.set_participants(meeting.room_name, {}, now)
    for seat in meeting.seats:
        await scenario.store.browser_sessions.leave_seat(seat, now)
    await scenario.waiting(1)
    assert await scenario.store.last_meetings.find_with_waiting([2]) == ({(1, 2): now} if have_met else {})
