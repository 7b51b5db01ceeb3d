"""Who is in which room: late, doubled and reordered news cannot hurt."""

from datetime import timedelta

from bot.domain.match import MatchState
from bot.store.seats import SeatInMatch
from tests.store.ledger import Ledger, Meeting


async def seat(ledger: Ledger, meeting: Meeting, side: int = 0) -> SeatInMatch:
    found = await ledger.store.matches.of_seat(meeting.seats[side])
    assert found is not None
    return found


async def test_the_meeting_begins_when_both_are_in(ledger: Ledger) -> None:
    """One alone is not a meeting; with the second it begins, and lasts its length from then."""
    meeting = await ledger.matched()
    await ledger.in_the_room(meeting, 0)
    assert (await seat(ledger, meeting)).match.state is MatchState.INVITING
    ledger.clock.pass_time(minutes=2)
    await ledger.in_the_room(meeting, 1)
    match = (await seat(ledger, meeting)).match
    assert (match.state, match.met_at) == (MatchState.MEETING, ledger.clock.now())
    assert match.ends_at == ledger.clock.now() + timedelta(minutes=50)


async def test_first_one_then_the_other_is_no_meeting(ledger: Ledger) -> None:
    """They must have been in together."""
    meeting = await ledger.matched()
    await ledger.in_the_room(meeting, 0)
    await ledger.store.presence.gone(meeting.seats[0], "PA_0", meeting.room_name, ledger.clock.now())
    await ledger.in_the_room(meeting, 1)
    assert (await seat(ledger, meeting)).match.state is MatchState.INVITING


async def test_an_old_connection_that_ends_late(ledger: Ledger) -> None:
    """After a quick reconnect the end of the first connection changes nothing."""
    meeting = await ledger.matched()
    await ledger.in_the_room(meeting)
    now = ledger.clock.now()
    await ledger.store.presence.arrived(meeting.seats[0], "PA_new", meeting.room_name, now)
    await ledger.store.presence.gone(meeting.seats[0], "PA_0", meeting.room_name, now)
    assert (await seat(ledger, meeting)).own.present is True


async def test_news_of_a_room_of_the_past(ledger: Ledger) -> None:
    """A room this match has no longer, or a seat that was given up, lets nobody arrive."""
    meeting = await ledger.matched()
    now = ledger.clock.now()
    await ledger.store.presence.arrived(meeting.seats[0], "PA_0", "another room", now)
    assert (await seat(ledger, meeting)).own.present is False
    await ledger.store.sessions.leave(meeting.seats[0], now)
    await ledger.store.presence.arrived(meeting.seats[0], "PA_0", meeting.room_name, now)
    assert (await seat(ledger, meeting)).own.present is False


async def test_the_sweep_is_the_truth(ledger: Ledger) -> None:
    """Whoever LiveKit does not list has gone, whoever it lists is in; told again, nothing is new."""
    meeting = await ledger.matched()
    await ledger.in_the_room(meeting, 0)
    truth = {meeting.seats[1]: "PA_1"}
    await ledger.store.presence.seen(meeting.room_name, truth, ledger.clock.now())
    view = await seat(ledger, meeting)
    assert (view.own.present, view.partner.present) == (False, True)
    await ledger.store.presence.seen(meeting.room_name, truth, ledger.clock.now())
    assert (await seat(ledger, meeting)).match.version == view.match.version


async def test_an_event_counts_once(ledger: Ledger) -> None:
    """LiveKit repeats itself."""
    told = [await ledger.store.presence.first_time("EV_1", ledger.clock.now()) for _ in range(3)]
    assert told == [True, False, False]


async def test_rooms_in_use(ledger: Ledger) -> None:
    """Every running match has one, with its two seats."""
    meeting = await ledger.matched()
    (room,) = await ledger.store.presence.rooms()
    assert (room.room_name, set(room.seat_ids)) == (meeting.room_name, set(meeting.seats))
