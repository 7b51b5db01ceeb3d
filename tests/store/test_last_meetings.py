"""When two members last met, and until when they are kept apart."""

from datetime import timedelta

import pytest

from bot.domain.match import APART_FOR, CAME_TO_NOTHING, UNDO_FOR, EndReason
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
        await scenario.listed(meeting, {})
    for seat in meeting.seats:
        await scenario.store.browser_sessions.leave_seat(seat, now)
    await scenario.waiting(1)
    assert await scenario.store.last_meetings.find_with_waiting([2]) == ({(1, 2): now} if have_met else {})


async def ended(scenario: Scenario, reason: EndReason) -> None:
    """A match of members 2 and 1 that has just ended for this reason; if it was done, the two have met."""
    meeting = await scenario.matched(2, 1)
    if reason is EndReason.DONE:
        await scenario.in_the_room(meeting)
    for seat in meeting.seats:
        await scenario.store.browser_sessions.leave_seat(seat, scenario.clock.now())
    scenario.clock.pass_time(seconds=UNDO_FOR.seconds)
    assert await scenario.store.matches.end(meeting.match_id, reason, now=scenario.clock.now())


@pytest.mark.parametrize("reason", sorted({*CAME_TO_NOTHING, EndReason.DONE}))
async def test_two_are_kept_apart_after_a_match_that_came_to_nothing(scenario: Scenario, reason: EndReason) -> None:
    """For an hour from its end, from which on they count as having met; after a session they are not."""
    await ended(scenario, reason)
    now, find = scenario.clock.now(), scenario.store.last_meetings.apart_from_waiting
    assert await find([1, 2], now) == {}
    for member in (1, 2):
        await scenario.waiting(member)
    expected = {(1, 2): now + APART_FOR} if reason in CAME_TO_NOTHING else {}
    for members in ([1], [2], [1, 2, 3]):
        assert await find(members, now) == expected
        assert await find(members, now + APART_FOR) == {}
    met = await scenario.store.last_meetings.find_with_waiting([1])
    assert met == ({(1, 2): now} if reason in CAME_TO_NOTHING else {})


async def test_two_who_have_both_left_are_kept_apart_before_the_match_has_ended(scenario: Scenario) -> None:
    """Within the seconds in which leaving can be undone both may search again: this match has come to nothing."""
    meeting = await scenario.matched(1, 2)
    for seat in meeting.seats:
        await scenario.store.browser_sessions.leave_seat(seat, scenario.clock.now())
    for member in (1, 2):
        await scenario.waiting(member)
    now = scenario.clock.now()
    found = await scenario.store.last_meetings.apart_from_waiting([1], now)
    assert found == {(1, 2): now + UNDO_FOR + APART_FOR}


async def test_a_later_meeting_does_not_end_being_kept_apart(scenario: Scenario) -> None:
    """The session before, to which both return in time, changes only when they last met."""
    before = await scenario.matched(1, 2)
    for token in before.tokens:
        await scenario.redeem(token)
    await scenario.in_the_room(before)
    for seat in before.seats:
        await scenario.store.browser_sessions.leave_seat(seat, scenario.clock.now())
    second = await scenario.matched(1, 2)
    now = scenario.clock.now()
    assert await scenario.store.matches.end(second.match_id, EndReason.NO_SHOW, now=now)
    for seat in before.seats:
        assert await scenario.store.browser_sessions.undo_leaving(seat, now)
    await scenario.in_the_room(before)
    scenario.clock.pass_time(seconds=120)
    await scenario.listed(before, {})
    for seat in before.seats:
        await scenario.store.browser_sessions.leave_seat(seat, scenario.clock.now())
    await scenario.waiting(1)
    last_meetings = scenario.store.last_meetings
    assert await last_meetings.apart_from_waiting([2], scenario.clock.now()) == {(1, 2): now + APART_FOR}
    assert await last_meetings.find_with_waiting([2]) == {(1, 2): now + timedelta(seconds=120)}


async def test_nobody_is_kept_apart_longer_because_the_clock_was_ahead(scenario: Scenario) -> None:
    """Once the clock has been put back by an hour, two are kept apart for an hour from then on, not for two."""
    await ended(scenario, EndReason.NO_SHOW)
    scenario.clock.correct(hours=-1)
    now = scenario.clock.now()
    for _ in range(2):
        await scenario.store.clock_correction.pull_back_times(now)
    await scenario.waiting(1)
    assert await scenario.store.last_meetings.apart_from_waiting([2], now) == {(1, 2): now + APART_FOR}
    assert await scenario.store.last_meetings.find_with_waiting([2]) == {(1, 2): now}


async def test_partners_met_in_a_while(scenario: Scenario) -> None:
    """From both sides, each with its time; a match that came to nothing is no meeting, nor is one of long ago."""
    last_meetings, started = scenario.store.last_meetings, scenario.clock.now()
    ends = []
    for partner in (1, 3):
        meeting = await scenario.matched(2, partner)
        await scenario.in_the_room(meeting)
        scenario.clock.pass_time(seconds=60)
        ends.append(scenario.clock.now())
        for seat in meeting.seats:
            await scenario.store.browser_sessions.leave_seat(seat, scenario.clock.now())
    meeting = await scenario.matched(2, 4)
    scenario.clock.pass_time(minutes=15)
    now = scenario.clock.now()
    assert await scenario.store.matches.end(meeting.match_id, EndReason.NO_SHOW, now=now)
    assert sorted(await last_meetings.find_met_at(2, started, now)) == ends
    assert await last_meetings.find_met_at(2, ends[0], now) == ends[1:]
    assert await last_meetings.find_met_at(2, started, ends[0]) == ends[:1]
    assert await last_meetings.find_met_at(4, started, now) == []
