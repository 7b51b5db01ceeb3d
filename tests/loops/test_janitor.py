"""What time brings: each timer one second before and at its moment."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from bot.domain.match import EndReason, MatchState
from bot.domain.message import MessageKind, SearchDetails
from bot.domain.room import RoomAction
from tests.loops.made import janitor
from tests.store.scenario import WAIT, Meeting, Scenario


async def at(scenario: Scenario, moment: datetime) -> list[tuple[MessageKind, int]]:
    """Let the janitor look at `moment`; what is to be told then, but the first links."""
    scenario.clock.set(moment)
    await janitor(scenario).step(await scenario.fence("janitor"))
    due = await scenario.store.outbox.find_due(moment, 99)
    return [(message.kind, message.member_id) for message in due if message.kind is not MessageKind.INVITATION]


async def around(scenario: Scenario, moment: datetime) -> list[list[tuple[MessageKind, int]]]:
    """The same a second before, at the moment and a second after it."""
    return [await at(scenario, moment + timedelta(seconds=seconds)) for seconds in (-1, 0, 1)]


async def state(scenario: Scenario, meeting: Meeting) -> tuple[MatchState, EndReason | None]:
    seat = await scenario.store.matches.find_by_seat(meeting.seats[0])
    assert seat is not None
    return seat.match.state, seat.match.reason


async def test_patience(scenario: Scenario) -> None:
    """Nobody found in time: told once, with how long they waited."""
    ticket = await scenario.waiting(1)
    told = [(MessageKind.UNMATCHED, 1)]
    assert await around(scenario, ticket.expires_at) == [[], told, told]
    (message,) = await scenario.store.outbox.find_due(scenario.clock.now(), 9)
    assert message.payload == SearchDetails(minutes=WAIT, subject="Maths")
    assert await scenario.store.tickets.find_by_member(1) is None


async def test_second_message_after_four_minutes(scenario: Scenario) -> None:
    """Whoever is missing gets one, with the link that still works."""
    meeting = await scenario.matched(1, 2)
    begun = scenario.clock.now()
    await scenario.in_the_room(meeting, 0)
    told = [(MessageKind.REMINDER, 2)]
    assert await around(scenario, begun + timedelta(minutes=4)) == [[], told, told]
    reminder = next(
        each
        for each in await scenario.store.outbox.find_due(scenario.clock.now(), 9)
        if each.kind is MessageKind.REMINDER
    )
    assert reminder.invitation_id == meeting.invitations[1]


async def test_no_show_after_fifteen_minutes(scenario: Scenario) -> None:
    """Never both in: the match ends, both are told, the room is closed."""
    meeting = await scenario.matched(1, 2)
    begun = scenario.clock.now()
    await at(scenario, begun + timedelta(minutes=15, seconds=-1))
    assert await state(scenario, meeting) == (MatchState.INVITING, None)
    told = await at(scenario, begun + timedelta(minutes=15))
    assert await state(scenario, meeting) == (MatchState.ENDED, EndReason.NO_SHOW)
    assert {(MessageKind.NO_SHOW, 1), (MessageKind.NO_SHOW, 2)} <= set(told)
    assert MessageKind.REMINDER not in {kind for kind, _ in told}
    assert [order.action for order in await scenario.store.room_orders.find_due(9)] == [RoomAction.CLOSE]


async def test_who_cannot_make_it(scenario: Scenario) -> None:
    """Ten seconds to take it back; then the other one is told and waits at the front, the clock kept."""
    meeting = await scenario.matched(1, 2)
    left = scenario.clock.now() + timedelta(minutes=1)
    scenario.clock.set(left)
    await scenario.store.browser_sessions.leave_seat(meeting.seats[0], left)
    told = [(MessageKind.PARTNER_DECLINED, 2)]
    assert await around(scenario, left + timedelta(seconds=10)) == [[], told, told]
    assert await state(scenario, meeting) == (MatchState.ENDED, EndReason.DECLINED)
    waiting = await scenario.store.tickets.find_by_member(2)
    assert waiting is not None
    assert (waiting.front, waiting.waiting_since) == (True, meeting.tickets[1].waiting_since)
    assert waiting.expires_at == left + timedelta(seconds=10, minutes=WAIT)


async def test_where_both_cannot_make_it_nobody_waits(scenario: Scenario) -> None:
    """There is no innocent one."""
    meeting = await scenario.matched(1, 2)
    for seat in meeting.seats:
        await scenario.store.browser_sessions.leave_seat(seat, scenario.clock.now())
    assert await at(scenario, scenario.clock.now() + timedelta(seconds=10)) == []
    assert await state(scenario, meeting) == (MatchState.ENDED, EndReason.DECLINED)
    assert await scenario.waiting_tickets() == []


async def empties(scenario: Scenario, meeting: Meeting) -> timedelta:
    now = scenario.clock.now()
    for side in (0, 1):
        await scenario.store.presence.participant_left(meeting.seats[side], f"PA_{side}", meeting.room_name, now)
    return timedelta(minutes=5)


async def is_left_by_both(scenario: Scenario, meeting: Meeting) -> timedelta:
    for seat in meeting.seats:
        await scenario.store.browser_sessions.leave_seat(seat, scenario.clock.now())
    return timedelta(seconds=10)


async def goes_on(scenario: Scenario, meeting: Meeting) -> timedelta:
    del scenario, meeting
    return timedelta(minutes=50 + 10)


@pytest.mark.parametrize("what", [empties, is_left_by_both, goes_on])
async def test_the_end_of_a_meeting(
    scenario: Scenario, what: Callable[[Scenario, Meeting], Awaitable[timedelta]]
) -> None:
    """Empty for five minutes, left by both, or ten minutes over its length: done, and not a second earlier."""
    meeting = await scenario.matched(1, 2)
    await scenario.in_the_room(meeting)
    begun = scenario.clock.now()
    after = await what(scenario, meeting)
    await at(scenario, begun + after - timedelta(seconds=1))
    assert await state(scenario, meeting) == (MatchState.MEETING, None)
    await at(scenario, begun + after)
    assert await state(scenario, meeting) == (MatchState.ENDED, EndReason.DONE)


async def test_one_who_left_a_meeting_ends_nothing(scenario: Scenario) -> None:
    """The partner may stay."""
    meeting = await scenario.matched(1, 2)
    await scenario.in_the_room(meeting)
    await scenario.store.browser_sessions.leave_seat(meeting.seats[0], scenario.clock.now())
    await at(scenario, scenario.clock.now() + timedelta(minutes=20))
    assert await state(scenario, meeting) == (MatchState.MEETING, None)
