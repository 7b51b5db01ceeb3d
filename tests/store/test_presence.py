"""Who is in which room: late, repeated and reordered reports do no harm."""

from datetime import timedelta

import pytest

from bot.domain.match import EndReason, MatchState
from bot.store.seats import SeatInMatch
from tests.store.scenario import Meeting, Scenario


async def seat(scenario: Scenario, meeting: Meeting, side: int = 0) -> SeatInMatch:
    found = await scenario.store.matches.find_by_seat(meeting.seats[side])
    assert found is not None
    return found


async def test_a_meeting_begins_when_both_are_in(scenario: Scenario) -> None:
    """One member alone is no meeting; with the second it begins, and its length counts from then."""
    meeting = await scenario.matched()
    await scenario.in_the_room(meeting, 0)
    assert (await seat(scenario, meeting)).match.state is MatchState.INVITING
    scenario.clock.pass_time(minutes=2)
    await scenario.in_the_room(meeting, 1)
    match = (await seat(scenario, meeting)).match
    assert (match.state, match.met_at) == (MatchState.MEETING, scenario.clock.now())
    assert match.ends_at == scenario.clock.now() + timedelta(minutes=50)


async def test_one_after_the_other_is_no_meeting(scenario: Scenario) -> None:
    """They must be in the room together."""
    meeting = await scenario.matched()
    await scenario.in_the_room(meeting, 0)
    await scenario.store.presence.participant_left(meeting.seats[0], "PA_0", meeting.room_name, scenario.clock.now())
    await scenario.in_the_room(meeting, 1)
    assert (await seat(scenario, meeting)).match.state is MatchState.INVITING


async def test_a_former_connection_that_ends_late_changes_nothing(scenario: Scenario) -> None:
    """This happens after a quick reconnect."""
    meeting = await scenario.matched()
    await scenario.in_the_room(meeting)
    now = scenario.clock.now()
    await scenario.store.presence.participant_joined(meeting.seats[0], "PA_new", meeting.room_name, now)
    await scenario.store.presence.participant_left(meeting.seats[0], "PA_0", meeting.room_name, now)
    assert (await seat(scenario, meeting)).own.present is True


async def test_nobody_joins_a_former_room_or_a_seat_given_up(scenario: Scenario) -> None:
    """Reports about them change nothing."""
    meeting = await scenario.matched()
    now = scenario.clock.now()
    await scenario.store.presence.participant_joined(meeting.seats[0], "PA_0", "another room", now)
    assert (await seat(scenario, meeting)).own.present is False
    await scenario.store.browser_sessions.leave_seat(meeting.seats[0], now)
    await scenario.store.presence.participant_joined(meeting.seats[0], "PA_0", meeting.room_name, now)
    assert (await seat(scenario, meeting)).own.present is False


async def test_who_takes_a_seat_back_in_the_room_is_present_at_once(scenario: Scenario) -> None:
    """LiveKit had not removed them yet, and does not tell again that they are in. Meanwhile they counted as absent."""
    meeting = await scenario.matched()
    await scenario.in_the_room(meeting)
    sessions = scenario.store.browser_sessions
    assert await sessions.leave_seat(meeting.seats[0], scenario.clock.now())
    assert (await seat(scenario, meeting)).own.present is False
    scenario.clock.pass_time(seconds=2)
    assert await sessions.undo_leaving(meeting.seats[0], scenario.clock.now())
    found = await seat(scenario, meeting, 1)
    assert (found.partner.present, found.own.present, found.match.parted_at) == (True, True, None)


async def test_a_partner_who_came_meanwhile_is_met_at_once(scenario: Scenario) -> None:
    """The meeting begins with the undo, and not while only one of them holds a seat."""
    meeting = await scenario.matched()
    await scenario.in_the_room(meeting, 0)
    sessions = scenario.store.browser_sessions
    assert await sessions.leave_seat(meeting.seats[0], scenario.clock.now())
    await scenario.in_the_room(meeting, 1)
    assert (await seat(scenario, meeting)).match.state is MatchState.INVITING
    assert await sessions.undo_leaving(meeting.seats[0], scenario.clock.now())
    assert (await seat(scenario, meeting)).match.state is MatchState.MEETING


@pytest.mark.parametrize("report", ["webhook", "sweep"])
async def test_who_went_out_before_the_undo_is_absent(scenario: Scenario, report: str) -> None:
    """Their page has left the room, or they were removed from it."""
    meeting, presence = await scenario.matched(), scenario.store.presence
    await scenario.in_the_room(meeting)
    now, sessions = scenario.clock.now(), scenario.store.browser_sessions
    assert await sessions.leave_seat(meeting.seats[0], now)
    if report == "webhook":
        await presence.participant_left(meeting.seats[0], "PA_0", meeting.room_name, now)
    else:
        await scenario.listed(meeting, {meeting.seats[1]: "PA_1"})
    assert await sessions.undo_leaving(meeting.seats[0], now)
    assert (await seat(scenario, meeting)).own.present is False


async def test_a_list_of_participants_replaces_all_reports(scenario: Scenario) -> None:
    """Members who are not listed have left, those who are listed are in; the same list again changes nothing."""
    meeting = await scenario.matched()
    await scenario.in_the_room(meeting, 0)
    listed = {meeting.seats[1]: "PA_1"}
    await scenario.listed(meeting, listed)
    view = await seat(scenario, meeting)
    assert (view.own.present, view.partner.present) == (False, True)
    await scenario.listed(meeting, listed)
    assert (await seat(scenario, meeting)).match.version == view.match.version


async def test_an_event_is_new_once(scenario: Scenario) -> None:
    """LiveKit repeats its webhooks."""
    is_new = [await scenario.store.presence.record_event("EV_1", scenario.clock.now()) for _ in range(3)]
    assert is_new == [True, False, False]


async def test_rooms_in_use(scenario: Scenario) -> None:
    """Each live match has one, with the seats that were not given up, even without any."""
    meeting = await scenario.matched()
    (room,) = await scenario.store.presence.rooms_in_use()
    assert (room.room_name, room.match_id, set(room.seat_ids)) == (
        meeting.room_name,
        meeting.match_id,
        set(meeting.seats),
    )
    for left, seats in ((0, {meeting.seats[1]}), (1, set())):
        await scenario.store.browser_sessions.leave_seat(meeting.seats[left], scenario.clock.now())
        (room,) = await scenario.store.presence.rooms_in_use()
        assert set(room.seat_ids) == seats
    await scenario.store.matches.end(meeting.match_id, EndReason.NO_SHOW, now=scenario.clock.now())
    assert await scenario.store.presence.rooms_in_use() == []
