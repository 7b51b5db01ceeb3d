"""What time brings: each timer one second before and at its moment."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from bot.domain.match import EndReason, MatchState
from bot.domain.message import Kind
from bot.store.room_orders import Action
from tests.loops.made import janitor
from tests.store.ledger import WAIT, Ledger, Meeting


async def at(ledger: Ledger, moment: datetime) -> list[tuple[Kind, int]]:
    """Let the janitor look at `moment`; what is to be told then, but the first links."""
    ledger.clock.set(moment)
    await janitor(ledger).step(await ledger.fence("janitor"))
    due = await ledger.store.outbox.due(moment, 99)
    return [(message.kind, message.member_id) for message in due if message.kind is not Kind.INVITATION]


async def around(ledger: Ledger, moment: datetime) -> list[list[tuple[Kind, int]]]:
    """The same a second before, at the moment and a second after it."""
    return [await at(ledger, moment + timedelta(seconds=seconds)) for seconds in (-1, 0, 1)]


async def state(ledger: Ledger, meeting: Meeting) -> tuple[MatchState, EndReason | None]:
    seat = await ledger.store.matches.of_seat(meeting.seats[0])
    assert seat is not None
    return seat.match.state, seat.match.reason


async def test_patience(ledger: Ledger) -> None:
    """Nobody found in time: told once, with how long they waited."""
    ticket = await ledger.waiting(1)
    told = [(Kind.UNMATCHED, 1)]
    assert await around(ledger, ticket.expires_at) == [[], told, told]
    (message,) = await ledger.store.outbox.due(ledger.clock.now(), 9)
    assert message.values == {"minutes": WAIT, "subject": "Maths"}
    assert await ledger.store.tickets.of_member(1) is None


async def test_second_message_after_four_minutes(ledger: Ledger) -> None:
    """Whoever is missing gets one, with the link that still works."""
    meeting = await ledger.matched(1, 2)
    begun = ledger.clock.now()
    await ledger.in_the_room(meeting, 0)
    told = [(Kind.REMINDER, 2)]
    assert await around(ledger, begun + timedelta(minutes=4)) == [[], told, told]
    reminder = next(each for each in await ledger.store.outbox.due(ledger.clock.now(), 9) if each.kind is Kind.REMINDER)
    assert reminder.invitation_id == meeting.invitations[1]


async def test_no_show_after_fifteen_minutes(ledger: Ledger) -> None:
    """Never both in: the match ends, both are told, the room is closed."""
    meeting = await ledger.matched(1, 2)
    begun = ledger.clock.now()
    await at(ledger, begun + timedelta(minutes=15, seconds=-1))
    assert await state(ledger, meeting) == (MatchState.INVITING, None)
    told = await at(ledger, begun + timedelta(minutes=15))
    assert await state(ledger, meeting) == (MatchState.ENDED, EndReason.NO_SHOW)
    assert {(Kind.NO_SHOW, 1), (Kind.NO_SHOW, 2)} <= set(told)
    assert Kind.REMINDER not in {kind for kind, _ in told}
    assert [order.action for order in await ledger.store.orders.due(9)] == [Action.CLOSE]


async def test_who_cannot_make_it(ledger: Ledger) -> None:
    """Ten seconds to take it back; then the other one is told and waits at the front, the clock kept."""
    meeting = await ledger.matched(1, 2)
    left = ledger.clock.now() + timedelta(minutes=1)
    ledger.clock.set(left)
    await ledger.store.sessions.leave(meeting.seats[0], left)
    told = [(Kind.PARTNER_DECLINED, 2)]
    assert await around(ledger, left + timedelta(seconds=10)) == [[], told, told]
    assert await state(ledger, meeting) == (MatchState.ENDED, EndReason.DECLINED)
    waiting = await ledger.store.tickets.of_member(2)
    assert waiting is not None
    assert (waiting.front, waiting.waiting_since) == (True, meeting.tickets[1].waiting_since)
    assert waiting.expires_at == left + timedelta(seconds=10, minutes=WAIT)


async def test_where_both_cannot_make_it_nobody_waits(ledger: Ledger) -> None:
    """There is no innocent one."""
    meeting = await ledger.matched(1, 2)
    for seat in meeting.seats:
        await ledger.store.sessions.leave(seat, ledger.clock.now())
    assert await at(ledger, ledger.clock.now() + timedelta(seconds=10)) == []
    assert await state(ledger, meeting) == (MatchState.ENDED, EndReason.DECLINED)
    assert await ledger.store.tickets.waiting() == []


async def empties(ledger: Ledger, meeting: Meeting) -> timedelta:
    now = ledger.clock.now()
    for side in (0, 1):
        await ledger.store.presence.gone(meeting.seats[side], f"PA_{side}", meeting.room_name, now)
    return timedelta(minutes=5)


async def is_left_by_both(ledger: Ledger, meeting: Meeting) -> timedelta:
    for seat in meeting.seats:
        await ledger.store.sessions.leave(seat, ledger.clock.now())
    return timedelta(seconds=10)


async def goes_on(ledger: Ledger, meeting: Meeting) -> timedelta:
    del ledger, meeting
    return timedelta(minutes=50 + 10)


@pytest.mark.parametrize("what", [empties, is_left_by_both, goes_on])
async def test_the_end_of_a_meeting(ledger: Ledger, what: Callable[[Ledger, Meeting], Awaitable[timedelta]]) -> None:
    """Empty for five minutes, left by both, or ten minutes over its length: done, and not a second earlier."""
    meeting = await ledger.matched(1, 2)
    await ledger.in_the_room(meeting)
    begun = ledger.clock.now()
    after = await what(ledger, meeting)
    await at(ledger, begun + after - timedelta(seconds=1))
    assert await state(ledger, meeting) == (MatchState.MEETING, None)
    await at(ledger, begun + after)
    assert await state(ledger, meeting) == (MatchState.ENDED, EndReason.DONE)


async def test_one_who_left_a_meeting_ends_nothing(ledger: Ledger) -> None:
    """The partner may stay."""
    meeting = await ledger.matched(1, 2)
    await ledger.in_the_room(meeting)
    await ledger.store.sessions.leave(meeting.seats[0], ledger.clock.now())
    await at(ledger, ledger.clock.now() + timedelta(minutes=20))
    assert await state(ledger, meeting) == (MatchState.MEETING, None)
