"""How matches begin, how they stand, how they end."""

from datetime import timedelta

import pytest

from bot.domain.match import EndReason, MatchState
from bot.domain.ticket import requeued
from bot.store import Fence, LostLease
from bot.store.browser_sessions import SessionState
from bot.store.room_orders import Action
from tests.store.ledger import Ledger


async def test_two_tickets_become_a_match(ledger: Ledger) -> None:
    """Each member finds their seat, the other beside it, and one message with their own link."""
    meeting = await ledger.matched(1, 2)
    for member, partner in ((1, 2), (2, 1)):
        seat = await ledger.store.matches.of_member(member)
        assert seat is not None
        assert (seat.match.state, seat.own.member_id, seat.partner.member_id) == (MatchState.INVITING, member, partner)
    messages = await ledger.store.outbox.due(ledger.clock.now(), 9)
    assert {message.invitation_id for message in messages} == set(meeting.invitations)
    assert await ledger.store.tickets.waiting() == []


async def test_a_match_is_recorded_once(ledger: Ledger) -> None:
    """Recording it again finds both tickets gone and leaves nothing half done."""
    new, meeting = ledger.match_of(await ledger.waiting(1), await ledger.waiting(2))
    fence = await ledger.fence()
    assert await ledger.store.matches.record(new, fence=fence) is True
    assert await ledger.store.matches.record(new, fence=fence) is False
    assert len(await ledger.store.outbox.due(ledger.clock.now(), 9)) == 2
    assert await ledger.store.matches.of_seat(meeting.seats[0]) is not None


async def test_one_who_left_meanwhile_takes_nobody_along(ledger: Ledger) -> None:
    """Where one ticket is gone the other one waits on."""
    one, other = await ledger.waiting(1), await ledger.waiting(2)
    new, _ = ledger.match_of(one, other)
    await ledger.store.tickets.leave(2, ledger.clock.now())
    assert await ledger.store.matches.record(new, fence=await ledger.fence()) is False
    assert await ledger.store.tickets.waiting() == [one]
    assert await ledger.store.outbox.due(ledger.clock.now(), 9) == []


@pytest.mark.parametrize(("blocker", "blocked"), [(1, 2), (2, 1)])
async def test_a_block_written_a_moment_before(ledger: Ledger, blocker: int, blocked: int) -> None:
    """A block stops a match that was decided without knowing of it, whoever set it."""
    new, _ = ledger.match_of(await ledger.waiting(1), await ledger.waiting(2))
    await ledger.store.blocks.add(blocker, blocked, ledger.clock.now())
    assert await ledger.store.matches.record(new, fence=await ledger.fence()) is False
    assert len(await ledger.store.tickets.waiting()) == 2


async def test_a_former_leader_matches_nobody(ledger: Ledger) -> None:
    """Two matchmakers: the one whose lease was taken over is refused as a whole."""
    frozen = await ledger.fence(holder="frozen")
    ledger.clock.pass_time(seconds=11)
    new, _ = ledger.match_of(await ledger.waiting(1), await ledger.waiting(2))
    taken = await ledger.fence(holder="other")
    assert taken.number > frozen.number
    with pytest.raises(LostLease):
        await ledger.store.matches.record(new, fence=frozen)
    assert await ledger.store.matches.record(new, fence=taken) is True


async def test_a_lease_that_ran_out_is_no_lease(ledger: Ledger) -> None:
    """A frozen leader is refused even where nobody has taken over yet."""
    frozen = await ledger.fence()
    new, _ = ledger.match_of(await ledger.waiting(1), await ledger.waiting(2))
    ledger.clock.pass_time(seconds=11)
    late, _ = ledger.match_of(*(seat.ticket for seat in new.seats))
    with pytest.raises(LostLease):
        await ledger.store.matches.record(late, fence=Fence(name=frozen.name, number=frozen.number))


async def test_the_end_takes_everything_with_it(ledger: Ledger) -> None:
    """Seats are free, links dead, sessions only readable, the room ordered closed, unsent links withdrawn; once."""
    meeting = await ledger.matched(1, 2)
    assert await ledger.redeem(meeting.tokens[0], cookie="cookie")
    now = ledger.clock.now()
    for ends in (True, False):
        assert await ledger.store.matches.end(meeting.match_id, EndReason.NO_SHOW, now=now) is ends
    assert await ledger.store.matches.of_member(1) is None
    assert await ledger.redeem(meeting.tokens[1]) is False
    session = await ledger.session("cookie")
    assert session is not None
    assert session.state is SessionState.AFTER
    orders = await ledger.store.orders.due(9)
    assert [(order.action, order.room_name) for order in orders] == [(Action.CLOSE, meeting.room_name)]
    assert await ledger.store.outbox.due(now, 9) == []


async def test_the_innocent_one_is_put_back(ledger: Ledger) -> None:
    """With the end comes the new ticket, at the front and with the clock kept."""
    meeting = await ledger.matched(1, 2)
    spent = await ledger.store.tickets.of_seat(meeting.seats[0])
    assert spent is not None
    await ledger.store.sessions.leave(meeting.seats[1], ledger.clock.now())
    ledger.clock.pass_time(seconds=10)
    now = ledger.clock.now()
    again = requeued(spent.ticket, new_id="again", matched_at=spent.ended_at, now=now)
    assert await ledger.store.matches.end(meeting.match_id, EndReason.DECLINED, now=now, requeue=[again])
    waiting = await ledger.store.tickets.of_member(1)
    assert waiting is not None
    assert (waiting.front, waiting.waiting_since) == (True, spent.ticket.waiting_since)


async def test_the_timers_find_their_matches_to_the_second(ledger: Ledger) -> None:
    """Four minutes for the second message, fifteen for a match in which the two were never in together."""
    meeting = await ledger.matched(1, 2)
    begun = ledger.clock.now()
    for minutes, find in ((4, ledger.store.matches.lonely), (15, ledger.store.matches.never_met)):
        assert await find(begun + timedelta(minutes=minutes, seconds=-1)) == []
        assert {seat.match.id for seat in await find(begun + timedelta(minutes=minutes))} == {meeting.match_id}


async def test_only_the_missing_one_is_reminded_and_once(ledger: Ledger) -> None:
    """Who is in gets no second message."""
    meeting = await ledger.matched(1, 2)
    await ledger.in_the_room(meeting, 0)
    ledger.clock.pass_time(minutes=4)
    now = ledger.clock.now()
    missing = await ledger.store.matches.lonely(now)
    assert [seat.own.member_id for seat in missing] == [2]
    assert await ledger.store.matches.remind(meeting.match_id, now=now, rows=[]) is True
    assert await ledger.store.matches.remind(meeting.match_id, now=now, rows=[]) is False
    assert await ledger.store.matches.lonely(now) == []


async def test_a_meeting_ends_when_it_is_empty_or_over(ledger: Ledger) -> None:
    """Five minutes empty, or ten over its length; not while somebody may still come back."""
    meeting = await ledger.matched(1, 2)
    await ledger.in_the_room(meeting)
    begun = ledger.clock.now()
    over = begun + timedelta(minutes=50 + 10)
    assert await ledger.store.matches.finished(over - timedelta(seconds=1)) == []
    assert await ledger.store.matches.finished(over) == [meeting.match_id]
    for side in (0, 1):
        await ledger.store.presence.gone(meeting.seats[side], f"PA_{side}", meeting.room_name, begun)
    assert await ledger.store.matches.finished(begun + timedelta(minutes=5, seconds=-1)) == []
    assert await ledger.store.matches.finished(begun + timedelta(minutes=5)) == [meeting.match_id]
