"""Who is in which room: late, doubled and reordered news cannot hurt."""

from datetime import timedelta

from bot.domain.match import MatchState
from bot.store.seats import SeatInMatch
from tests.store.scenario import Meeting, Scenario


async def seat(scenario: Scenario, meeting: Meeting, side: int = 0) -> SeatInMatch:
    found = await scenario.store.matches.find_by_seat(meeting.seats[side])
    assert found is not None
    return found


async def test_the_meeting_begins_when_both_are_in(scenario: Scenario) -> None:
    """One alone is not a meeting; with the second it begins, and lasts its length from then."""
    meeting = await scenario.matched()
    await scenario.in_the_room(meeting, 0)
    assert (await seat(scenario, meeting)).match.state is MatchState.INVITING
    scenario.clock.pass_time(minutes=2)
    await scenario.in_the_room(meeting, 1)
    match = (await seat(scenario, meeting)).match
    assert (match.state, match.met_at) == (MatchState.MEETING, scenario.clock.now())
    assert match.ends_at == scenario.clock.now() + timedelta(minutes=50)


async def test_first_one_then_the_other_is_no_meeting(scenario: Scenario) -> None:
    """They must have been in together."""
    meeting = await scenario.matched()
    await scenario.in_the_room(meeting, 0)
    await scenario.store.presence.participant_left(meeting.seats[0], "PA_0", meeting.room_name, scenario.clock.now())
    await scenario.in_the_room(meeting, 1)
    assert (await seat(scenario, meeting)).match.state is MatchState.INVITING


async def test_an_old_connection_that_ends_late(scenario: Scenario) -> None:
    """After a quick reconnect the end of the first connection changes nothing."""
    meeting = await scenario.matched()
    await scenario.in_the_room(meeting)
    now = scenario.clock.now()
    await scenario.store.presence.participant_joined(meeting.seats[0], "PA_new", meeting.room_name, now)
    await scenario.store.presence.participant_left(meeting.seats[0], "PA_0", meeting.room_name, now)
    assert (await seat(scenario, meeting)).own.present is True


async def test_news_of_a_room_of_the_past(scenario: Scenario) -> None:
    """A room this match has no longer, or a seat that was given up, lets nobody arrive."""
    meeting = await scenario.matched()
    now = scenario.clock.now()
    await scenario.store.presence.participant_joined(meeting.seats[0], "PA_0", "another room", now)
    assert (await seat(scenario, meeting)).own.present is False
    await scenario.store.browser_sessions.leave_seat(meeting.seats[0], now)
    await scenario.store.presence.participant_joined(meeting.seats[0], "PA_0", meeting.room_name, now)
    assert (await seat(scenario, meeting)).own.present is False


async def test_the_sweep_is_the_truth(scenario: Scenario) -> None:
    """Whoever LiveKit does not list has gone, whoever it lists is in; told again, nothing is new."""
    meeting = await scenario.matched()
    await scenario.in_the_room(meeting, 0)
    truth = {meeting.seats[1]: "PA_1"}
    await scenario.store.presence.set_participants(meeting.room_name, truth, scenario.clock.now())
    view = await seat(scenario, meeting)
    assert (view.own.present, view.partner.present) == (False, True)
    await scenario.store.presence.set_participants(meeting.room_name, truth, scenario.clock.now())
    assert (await seat(scenario, meeting)).match.version == view.match.version


async def test_an_event_counts_once(scenario: Scenario) -> None:
    """LiveKit repeats itself."""
    told = [await scenario.store.presence.record_event("EV_1", scenario.clock.now()) for _ in range(3)]
    assert told == [True, False, False]


async def test_rooms_in_use(scenario: Scenario) -> None:
    """Every running match has one, with its two seats."""
    meeting = await scenario.matched()
    (room,) = await scenario.store.presence.rooms_in_use()
    assert (room.room_name, set(room.seat_ids)) == (meeting.room_name, set(meeting.seats))
