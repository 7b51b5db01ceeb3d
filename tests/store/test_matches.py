"""Matches: creating, reading and ending them."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.domain.browser_session import BrowserSessionState
from bot.domain.match import APART_FOR, UNDO_FOR, EndReason, MatchState
from bot.domain.message import Delivered
from bot.domain.room import RoomAction
from bot.domain.ticket import requeued_ticket
from bot.store import Fence, LostLease
from bot.store.database import Database, Row, Value
from tests.store.scenario import Scenario


async def test_two_tickets_become_a_match(scenario: Scenario) -> None:
    """Each member has a seat beside the other's, and one message with a link of their own."""
    meeting = await scenario.matched(1, 2)
    for member, partner in ((1, 2), (2, 1)):
        seat = await scenario.store.matches.find_by_member(member)
        assert seat is not None
        assert (seat.match.state, seat.own.member_id, seat.partner.member_id) == (MatchState.INVITING, member, partner)
    messages = await scenario.store.outbox.find_due(scenario.clock.now(), 9)
    assert {message.invitation_id for message in messages} == set(meeting.invitations)
    assert await scenario.waiting_tickets() == []


async def test_a_match_is_created_once(scenario: Scenario) -> None:
    """Creating it again finds both tickets spent and writes nothing."""
    new, meeting = scenario.match_of(await scenario.waiting(1), await scenario.waiting(2))
    fence = await scenario.fence()
    assert await scenario.store.matches.create(new, fence=fence) is True
    assert await scenario.store.matches.create(new, fence=fence) is False
    assert len(await scenario.store.outbox.find_due(scenario.clock.now(), 9)) == 2
    assert await scenario.store.matches.find_by_seat(meeting.seats[0]) is not None


async def test_a_ticket_that_ended_meanwhile_makes_no_match(scenario: Scenario) -> None:
    """The other member goes on waiting and gets no message."""
    one, other = await scenario.waiting(1), await scenario.waiting(2)
    new, _ = scenario.match_of(one, other)
    await scenario.store.tickets.stop_waiting(2, scenario.clock.now())
    assert await scenario.store.matches.create(new, fence=await scenario.fence()) is False
    assert await scenario.waiting_tickets() == [one]
    assert await scenario.store.outbox.find_due(scenario.clock.now(), 9) == []


@pytest.mark.parametrize(("blocker", "blocked"), [(1, 2), (2, 1)])
async def test_a_block_that_was_set_meanwhile_makes_no_match(scenario: Scenario, blocker: int, blocked: int) -> None:
    """Either of the two may have set it; both go on waiting."""
    new, _ = scenario.match_of(await scenario.waiting(1), await scenario.waiting(2))
    await scenario.store.blocks.add(blocker, blocked, scenario.clock.now())
    assert await scenario.store.matches.create(new, fence=await scenario.fence()) is False
    assert len(await scenario.waiting_tickets()) == 2


@pytest.mark.parametrize(("first", "second"), [(1, 2), (2, 1)])
async def test_two_kept_apart_are_not_matched(scenario: Scenario, first: int, second: int) -> None:
    """Not within the hour after a match of theirs came to nothing, then again; somebody else may be matched at once."""
    meeting = await scenario.matched(1, 2)
    ended_at = scenario.clock.now()
    assert await scenario.store.matches.end(meeting.match_id, EndReason.NO_SHOW, now=ended_at)
    await scenario.matched(2, 3)
    scenario.clock.set(ended_at + APART_FOR - timedelta(milliseconds=1))
    await scenario.store.browser_sessions.leave_seat(await live_seat(scenario, 2), scenario.clock.now())
    tickets = [await scenario.waiting(member) for member in (first, second)]
    new, _ = scenario.match_of(*tickets)
    assert await scenario.store.matches.create(new, fence=await scenario.fence()) is False
    assert await scenario.waiting_tickets() == tickets
    scenario.clock.set(ended_at + APART_FOR)
    new, _ = scenario.match_of(*tickets)
    assert await scenario.store.matches.create(new, fence=await scenario.fence()) is True


async def live_seat(scenario: Scenario, member_id: int) -> str:
    """The id of a member's live seat."""
    seat = await scenario.store.matches.find_by_member(member_id)
    assert seat is not None
    return seat.own.id


async def test_two_who_have_both_left_before_they_met_are_not_matched(scenario: Scenario) -> None:
    """Not even in the seconds before the end of their match; once they have been in the room together, they can be."""
    for have_met in (False, True):
        one, other = (3, 4) if have_met else (1, 2)
        meeting = await scenario.matched(one, other)
        if have_met:
            await scenario.in_the_room(meeting)
        for seat in meeting.seats:
            await scenario.store.browser_sessions.leave_seat(seat, scenario.clock.now())
        new, _ = scenario.match_of(await scenario.waiting(one), await scenario.waiting(other))
        assert await scenario.store.matches.create(new, fence=await scenario.fence()) is have_met


async def test_a_former_leader_creates_no_match(scenario: Scenario) -> None:
    """The write of a matchmaker whose lease was taken over is refused as a whole; the new leader's is not."""
    frozen = await scenario.fence(holder="frozen")
    scenario.clock.pass_time(seconds=11)
    new, _ = scenario.match_of(await scenario.waiting(1), await scenario.waiting(2))
    taken = await scenario.fence(holder="other")
    assert taken.number > frozen.number
    with pytest.raises(LostLease):
        await scenario.store.matches.create(new, fence=frozen)
    assert await scenario.store.matches.create(new, fence=taken) is True


async def test_an_expired_lease_creates_no_match(scenario: Scenario) -> None:
    """A frozen matchmaker is refused even when no other has taken over yet."""
    frozen = await scenario.fence()
    new, _ = scenario.match_of(await scenario.waiting(1), await scenario.waiting(2))
    scenario.clock.pass_time(seconds=11)
    late, _ = scenario.match_of(*(seat.ticket for seat in new.seats))
    with pytest.raises(LostLease):
        await scenario.store.matches.create(late, fence=Fence(name=frozen.name, number=frozen.number))


async def test_the_end_of_a_match_ends_everything_about_it(scenario: Scenario) -> None:
    """Seats, links and sessions end, the room is ordered closed, unsent links are withdrawn; once."""
    meeting = await scenario.matched(1, 2)
    assert await scenario.redeem(meeting.tokens[0], cookie="cookie")
    now = scenario.clock.now()
    for ends in (True, False):
        assert await scenario.store.matches.end(meeting.match_id, EndReason.NO_SHOW, now=now) is ends
    assert await scenario.store.matches.find_by_member(1) is None
    assert await scenario.redeem(meeting.tokens[1]) is False
    session = await scenario.session("cookie")
    assert session is not None
    assert session.state is BrowserSessionState.READ_ONLY
    orders = await scenario.store.room_orders.find_due(9)
    assert [(order.action, order.room_name) for order in orders] == [(RoomAction.CLOSE, meeting.room_name)]
    assert await scenario.store.outbox.find_due(now, 9) == []


async def test_a_member_whose_match_fell_through_is_requeued(scenario: Scenario) -> None:
    """The new ticket is written with the end: at the front, with the time waited so far."""
    meeting = await scenario.matched(1, 2)
    spent = await scenario.store.tickets.find_by_seat(meeting.seats[0])
    assert spent is not None
    await scenario.store.browser_sessions.leave_seat(meeting.seats[1], scenario.clock.now())
    scenario.clock.pass_time(seconds=10)
    now = scenario.clock.now()
    again = requeued_ticket(spent.ticket, new_id="again", matched_at=spent.ended_at, now=now)
    assert await scenario.store.matches.end(meeting.match_id, EndReason.DECLINED, now=now, requeue=[again])
    waiting = await scenario.store.tickets.find_by_member(1)
    assert waiting is not None
    assert (waiting.front, waiting.waiting_since) == (True, spent.ticket.waiting_since)


async def test_reminders_and_no_shows_are_due_to_the_second(scenario: Scenario) -> None:
    """After 4 minutes a reminder, after 15 minutes the end of a match whose members were never in the room together."""
    meeting = await scenario.matched(1, 2)
    start = scenario.clock.now()
    for minutes, find in ((4, scenario.store.matches.seats_to_remind), (15, scenario.store.matches.no_shows)):
        assert await find(start + timedelta(minutes=minutes, seconds=-1)) == []
        assert {seat.match.id for seat in await find(start + timedelta(minutes=minutes))} == {meeting.match_id}


async def test_only_a_missing_member_is_reminded_and_once(scenario: Scenario) -> None:
    """A member who is in the room gets no reminder."""
    meeting = await scenario.matched(1, 2)
    await scenario.in_the_room(meeting, 0)
    scenario.clock.pass_time(minutes=4)
    now = scenario.clock.now()
    missing = await scenario.store.matches.seats_to_remind(now)
    assert [seat.own.member_id for seat in missing] == [2]
    assert await scenario.store.matches.record_reminder(meeting.match_id, now=now, messages=[]) is True
    assert await scenario.store.matches.record_reminder(meeting.match_id, now=now, messages=[]) is False
    assert await scenario.store.matches.seats_to_remind(now) == []


async def test_a_meeting_is_finished_when_its_room_is_empty_or_its_time_is_over(scenario: Scenario) -> None:
    """After five minutes without anybody, or ten minutes beyond its length, but not a second earlier."""
    meeting = await scenario.matched(1, 2)
    await scenario.in_the_room(meeting)
    start = scenario.clock.now()
    over = start + timedelta(minutes=50 + 10)
    assert await scenario.store.matches.finished_meetings(over - timedelta(seconds=1)) == []
    assert await scenario.store.matches.finished_meetings(over) == [meeting.match_id]
    for side in (0, 1):
        await scenario.store.presence.participant_left(meeting.seats[side], f"PA_{side}", meeting.room_name, start)
    assert await scenario.store.matches.finished_meetings(start + timedelta(minutes=5, seconds=-1)) == []
    assert await scenario.store.matches.finished_meetings(start + timedelta(minutes=5)) == [meeting.match_id]


async def test_seats_are_read_with_their_match_in_one_query(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The number of queries does not grow with the number of seats."""
    for member in (1, 3, 5):
        await scenario.matched(member, member + 1)
    scenario.clock.pass_time(minutes=15)
    matches, now = scenario.store.matches, scenario.clock.now()
    queries: list[str] = []
    kind = type(scenario.store.database)
    read_all = kind.all

    async def counted(database: Database, name: str, /, **values: Value) -> Sequence[Row]:
        queries.append(name)
        return await read_all(database, name, **values)

    monkeypatch.setattr(kind, "all", counted)
    assert [len(seats) for seats in (await matches.seats_to_remind(now), await matches.no_shows(now))] == [6, 3]
    assert queries == ["matches.seats_to_remind", "matches.no_shows"]


async def test_the_seat_of_a_member_who_has_left(scenario: Scenario) -> None:
    """It is no longer live, but still their latest seat; a member who was never matched has none."""
    matches = scenario.store.matches
    first = await scenario.matched(1, 2)
    await scenario.store.browser_sessions.leave_seat(first.seats[0], scenario.clock.now())
    assert await matches.find_by_member(1) is None
    assert await matches.find_latest_by_member(1) == await matches.find_by_seat(first.seats[0])
    scenario.clock.pass_time(seconds=1)
    second = await scenario.matched(1, 3)
    assert await matches.find_latest_by_member(1) == await matches.find_by_seat(second.seats[0])
    assert await matches.find_latest_by_member(4) is None


@pytest.mark.parametrize(("milliseconds", "final"), [(-1, False), (0, True)])
async def test_leaving_before_the_meeting_ends_the_match_once_it_is_final(
    scenario: Scenario, milliseconds: int, final: bool
) -> None:
    """The match does not end before the time for undoing is over."""
    meeting = await scenario.matched(1, 2)
    await scenario.store.browser_sessions.leave_seat(meeting.seats[1], scenario.clock.now())
    now = scenario.clock.now() + UNDO_FOR + timedelta(milliseconds=milliseconds)
    left = await scenario.store.matches.left_before_meeting(now)
    assert [seat.own.id for seat in left] == ([meeting.seats[1]] if final else [])
    assert await scenario.store.matches.end(meeting.match_id, EndReason.DECLINED, now=now) is final


@pytest.mark.parametrize("present", [0, 1])
async def test_nobody_is_replaced_who_has_come(scenario: Scenario, present: int) -> None:
    """Only the members to requeue may have been in the room."""
    meeting = await scenario.matched(1, 2)
    await scenario.in_the_room(meeting, present)
    now = scenario.clock.now()
    again = requeued_ticket(meeting.tickets[0], new_id="again", matched_at=now, now=now)
    ended = await scenario.store.matches.end(meeting.match_id, EndReason.REPLACED, now=now, requeue=[again])
    assert ended is (present == 0)


@pytest.mark.parametrize(
    ("minutes", "called", "counts"), [(7, True, True), (15, True, True), (6, True, False), (15, False, False)]
)
async def test_who_was_called_and_did_not_come(scenario: Scenario, minutes: int, called: bool, counts: bool) -> None:
    """If a partner could have waited long enough, and a link had reached them; for as long as is asked for."""
    meeting = await scenario.matched(1, 2)
    fence, now = await scenario.fence("courier"), scenario.clock.now()
    for message in await scenario.store.outbox.find_due(now, 9) if called else ():
        await scenario.store.outbox.mark_sent(message, Delivered(), now, fence)
    await scenario.in_the_room(meeting, 0)
    scenario.clock.pass_time(minutes=minutes)
    ended_at, matches = scenario.clock.now(), scenario.store.matches
    assert await matches.end(meeting.match_id, EndReason.NO_SHOW, now=ended_at)
    assert await matches.no_shows_of(1, now, ended_at) == []
    assert await matches.no_shows_of(2, now, ended_at) == ([ended_at] if counts else [])
    assert await matches.no_shows_of(2, ended_at, ended_at) == []
