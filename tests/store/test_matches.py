"""How matches begin, how they stand, how they end."""

from datetime import timedelta

import pytest

from bot.domain.browser_session import BrowserSessionState
from bot.domain.match import EndReason, MatchState
from bot.domain.room import RoomAction
from bot.domain.ticket import requeued_ticket
from bot.store import Fence, LostLease
from tests.store.scenario import Scenario


async def test_two_tickets_become_a_match(scenario: Scenario) -> None:
    """Each member finds their seat, the other beside it, and one message with their own link."""
    meeting = await scenario.matched(1, 2)
    for member, partner in ((1, 2), (2, 1)):
        seat = await scenario.store.matches.find_by_member(member)
        assert seat is not None
        assert (seat.match.state, seat.own.member_id, seat.partner.member_id) == (MatchState.INVITING, member, partner)
    messages = await scenario.store.outbox.find_due(scenario.clock.now(), 9)
    assert {message.invitation_id for message in messages} == set(meeting.invitations)
    assert await scenario.waiting_tickets() == []


async def test_a_match_is_recorded_once(scenario: Scenario) -> None:
    """Recording it again finds both tickets gone and leaves nothing half done."""
    new, meeting = scenario.match_of(await scenario.waiting(1), await scenario.waiting(2))
    fence = await scenario.fence()
    assert await scenario.store.matches.create(new, fence=fence) is True
    assert await scenario.store.matches.create(new, fence=fence) is False
    assert len(await scenario.store.outbox.find_due(scenario.clock.now(), 9)) == 2
    assert await scenario.store.matches.find_by_seat(meeting.seats[0]) is not None


async def test_one_who_left_meanwhile_takes_nobody_along(scenario: Scenario) -> None:
    """Where one ticket is gone the other one waits on."""
    one, other = await scenario.waiting(1), await scenario.waiting(2)
    new, _ = scenario.match_of(one, other)
    await scenario.store.tickets.stop_waiting(2, scenario.clock.now())
    assert await scenario.store.matches.create(new, fence=await scenario.fence()) is False
    assert await scenario.waiting_tickets() == [one]
    assert await scenario.store.outbox.find_due(scenario.clock.now(), 9) == []


@pytest.mark.parametrize(("blocker", "blocked"), [(1, 2), (2, 1)])
async def test_a_block_written_a_moment_before(scenario: Scenario, blocker: int, blocked: int) -> None:
    """A block stops a match that was decided without knowing of it, whoever set it."""
    new, _ = scenario.match_of(await scenario.waiting(1), await scenario.waiting(2))
    await scenario.store.blocks.add(blocker, blocked, scenario.clock.now())
    assert await scenario.store.matches.create(new, fence=await scenario.fence()) is False
    assert len(await scenario.waiting_tickets()) == 2


async def test_a_former_leader_matches_nobody(scenario: Scenario) -> None:
    """Two matchmakers: the one whose lease was taken over is refused as a whole."""
    frozen = await scenario.fence(holder="frozen")
    scenario.clock.pass_time(seconds=11)
    new, _ = scenario.match_of(await scenario.waiting(1), await scenario.waiting(2))
    taken = await scenario.fence(holder="other")
    assert taken.number > frozen.number
    with pytest.raises(LostLease):
        await scenario.store.matches.create(new, fence=frozen)
    assert await scenario.store.matches.create(new, fence=taken) is True


async def test_a_lease_that_ran_out_is_no_lease(scenario: Scenario) -> None:
    """A frozen leader is refused even where nobody has taken over yet."""
    frozen = await scenario.fence()
    new, _ = scenario.match_of(await scenario.waiting(1), await scenario.waiting(2))
    scenario.clock.pass_time(seconds=11)
    late, _ = scenario.match_of(*(seat.ticket for seat in new.seats))
    with pytest.raises(LostLease):
        await scenario.store.matches.create(late, fence=Fence(name=frozen.name, number=frozen.number))


async def test_the_end_takes_everything_with_it(scenario: Scenario) -> None:
    """Seats are free, links dead, sessions only readable, the room ordered closed, unsent links withdrawn; once."""
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


async def test_the_innocent_one_is_put_back(scenario: Scenario) -> None:
    """With the end comes the new ticket, at the front and with the clock kept."""
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


async def test_the_timers_find_their_matches_to_the_second(scenario: Scenario) -> None:
    """Four minutes for the second message, fifteen for a match in which the two were never in together."""
    meeting = await scenario.matched(1, 2)
    begun = scenario.clock.now()
    for minutes, find in ((4, scenario.store.matches.seats_to_remind), (15, scenario.store.matches.no_shows)):
        assert await find(begun + timedelta(minutes=minutes, seconds=-1)) == []
        assert {seat.match.id for seat in await find(begun + timedelta(minutes=minutes))} == {meeting.match_id}


async def test_only_the_missing_one_is_reminded_and_once(scenario: Scenario) -> None:
    """Who is in gets no second message."""
    meeting = await scenario.matched(1, 2)
    await scenario.in_the_room(meeting, 0)
    scenario.clock.pass_time(minutes=4)
    now = scenario.clock.now()
    missing = await scenario.store.matches.seats_to_remind(now)
    assert [seat.own.member_id for seat in missing] == [2]
    assert await scenario.store.matches.record_reminder(meeting.match_id, now=now, messages=[]) is True
    assert await scenario.store.matches.record_reminder(meeting.match_id, now=now, messages=[]) is False
    assert await scenario.store.matches.seats_to_remind(now) == []


async def test_a_meeting_ends_when_it_is_empty_or_over(scenario: Scenario) -> None:
    """Five minutes empty, or ten over its length; not while somebody may still come back."""
    meeting = await scenario.matched(1, 2)
    await scenario.in_the_room(meeting)
    begun = scenario.clock.now()
    over = begun + timedelta(minutes=50 + 10)
    assert await scenario.store.matches.finished_meetings(over - timedelta(seconds=1)) == []
    assert await scenario.store.matches.finished_meetings(over) == [meeting.match_id]
    for side in (0, 1):
        await scenario.store.presence.participant_left(meeting.seats[side], f"PA_{side}", meeting.room_name, begun)
    assert await scenario.store.matches.finished_meetings(begun + timedelta(minutes=5, seconds=-1)) == []
    assert await scenario.store.matches.finished_meetings(begun + timedelta(minutes=5)) == [meeting.match_id]
