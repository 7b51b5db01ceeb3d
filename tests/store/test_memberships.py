"""What is known of members, and what becomes of those who cannot be matched any more."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.match import UNDO_FOR, MatchState
from bot.domain.membership import (
    ABSENT,
    ASK_AGAIN_AFTER,
    UNTIL_TOLD_OTHERWISE,
    Bar,
    Barred,
    KnownMembership,
    Membership,
    bar_of,
)
from bot.domain.message import MessageKind, SearchDetails
from bot.store.memberships import MemberQuestion
from bot.store.tickets import BarredMeanwhile
from tests.polling import TIMEOUT
from tests.store.scenario import PRESENT, SERVER, Meeting, Scenario

OTHER_SERVER = SERVER + 1
GONE = Bar(reason=Barred.NOT_MEMBER, until=UNTIL_TOLD_OTHERWISE)
SECOND, MOMENT = timedelta(seconds=1), timedelta(milliseconds=1)


async def asked(scenario: Scenario) -> list[int]:
    """The members about whom a question is open, first the urgent ones."""
    return [question.member_id for urgent in (True, False) for question in await questions(scenario, urgent=urgent)]


async def questions(scenario: Scenario, *, urgent: bool) -> Sequence[MemberQuestion]:
    """The open questions that are urgent, or the others."""
    return await scenario.store.memberships.open_questions([SERVER], urgent=urgent, limit=99)


async def orders(scenario: Scenario) -> list[str | None]:
    """Who is to be removed from a room; None stands for a room to close."""
    return [order.identity for order in await scenario.store.room_orders.find_due(9)]


async def test_nothing_is_known_of_a_stranger(scenario: Scenario) -> None:
    """Every field is None."""
    assert await scenario.store.memberships.find(SERVER, 1) == KnownMembership()


async def test_an_answer_settles_the_question(scenario: Scenario) -> None:
    """The time of the first question is kept until then."""
    memberships, now = scenario.store.memberships, scenario.clock.now()
    await memberships.ask(SERVER, 1, now)
    await memberships.ask(SERVER, 1, now + SECOND)
    assert await memberships.find(SERVER, 1) == KnownMembership(urgent_at=now)
    assert await asked(scenario) == [1]
    await scenario.told(1)
    assert await memberships.find(SERVER, 1) == KnownMembership(told_at=now)
    assert await asked(scenario) == []


async def test_what_is_doubted_counts_no_more(scenario: Scenario) -> None:
    """Who waits or has a seat is asked about at once, nobody else; a bar holds until the answer."""
    await scenario.waiting(1)
    await scenario.matched(2, 3)
    await scenario.told(4, ABSENT)
    for _ in range(2):
        for member in (1, 2, 4, 5):
            await scenario.store.memberships.doubt(SERVER, member, scenario.clock.now())
    known = [await scenario.store.memberships.find(SERVER, member) for member in (1, 2, 3, 4, 5)]
    now = scenario.clock.now()
    assert [each.told_at for each in known] == [None, None, now, None, None]
    assert [each.urgent_at for each in known] == [now, now, None, None, None]
    assert known[3].barred_until is not None
    assert known[4] == KnownMembership()
    await scenario.told(1)
    assert await asked(scenario) == [2]


async def test_an_answer_to_an_earlier_question_leaves_a_later_one_open(scenario: Scenario) -> None:
    """What was told before the question was asked does not answer it."""
    memberships, now = scenario.store.memberships, scenario.clock.now()
    await memberships.ask(SERVER, 1, now)
    earlier = now - SECOND
    assert await memberships.record(SERVER, 1, bar=None, told_at=earlier, now=now)
    assert await memberships.find(SERVER, 1) == KnownMembership(told_at=earlier, urgent_at=now)


@pytest.mark.parametrize(("told", "counts"), [(-MOMENT, False), (0 * SECOND, True), (SECOND, True)])
async def test_the_newest_news_counts(scenario: Scenario, told: timedelta, counts: bool) -> None:
    """An answer that was slower than a ban does not undo it."""
    banned_at = scenario.clock.now()
    await scenario.told(1, ABSENT)
    scenario.clock.pass_time(seconds=2)
    now, memberships = scenario.clock.now(), scenario.store.memberships
    assert await memberships.record(SERVER, 1, bar=None, told_at=banned_at + told, now=now) is counts
    assert ((await memberships.find(SERVER, 1)).barred_until is None) is counts


async def test_news_from_ahead_of_the_clock_is_replaced(scenario: Scenario) -> None:
    """A clock that was wrong and is set back does not keep news out, nor a question open."""
    memberships, now = scenario.store.memberships, scenario.clock.now()
    ahead = now + timedelta(hours=1)
    await memberships.ask(SERVER, 1, ahead)
    assert await memberships.record(SERVER, 1, bar=GONE, told_at=ahead, now=ahead)
    assert await memberships.record(SERVER, 1, bar=None, told_at=now, now=now)
    assert await memberships.find(SERVER, 1) == KnownMembership(told_at=now)


BARRING = [
    pytest.param(ABSENT, None, id="left, kicked or banned"),
    pytest.param(Membership(timed_out_until=UNTIL_TOLD_OTHERWISE), None, id="timed out"),
    pytest.param(Membership(), 7, id="without the role"),
    pytest.param(Membership(name_held=True), None, id="name held back"),
    pytest.param(Membership(accepted_rules=False), None, id="rules not accepted"),
]


@pytest.mark.parametrize(("membership", "role_id"), BARRING)
async def test_who_is_barred_stops_waiting(scenario: Scenario, membership: Membership, role_id: int | None) -> None:
    """The ticket has left the queue, and the message to its member says why; it is one, however often that is told."""
    ticket = await scenario.waiting(1)
    await scenario.waiting(2)
    scenario.clock.pass_time(minutes=3, seconds=59)
    for _ in range(2):
        await scenario.told(1, membership, role_id=role_id)
    assert [ticket.member_id for ticket in await scenario.waiting_tickets()] == [2]
    [message] = await scenario.store.outbox.find_due(scenario.clock.now(), 9)
    bar = bar_of(membership, role_id=role_id, now=scenario.clock.now())
    assert (message.kind, message.member_id, message.ticket_id) == (MessageKind.UNMATCHED, 1, ticket.id)
    assert message.payload == SearchDetails(minutes=3, subject="Maths", bar=bar)
    assert await scenario.store.outbox.find_bar(1, ticket.id) == bar


async def test_who_does_not_wait_is_told_nothing(scenario: Scenario) -> None:
    """Nor who stopped a moment before, waits elsewhere, is gone from a match, or is not barred."""
    store, now = scenario.store, scenario.clock.now()
    stopped, elsewhere = await scenario.waiting(1), await scenario.waiting(2)
    await store.tickets.stop_waiting(1, now)
    await store.memberships.record(OTHER_SERVER, 2, bar=GONE, told_at=now, now=now)
    await scenario.matched(3, 4)
    before = await store.outbox.find_due(now, 99)
    for member, membership in ((1, ABSENT), (2, PRESENT), (3, ABSENT), (5, ABSENT)):
        await scenario.told(member, membership)
    due = await store.outbox.find_due(now, 99)
    assert [message for message in due if message not in before] == []
    assert await store.outbox.find_bar(1, stopped.id) is None
    assert await store.tickets.find_by_member(2) == elsewhere


async def test_a_search_whose_wishes_cannot_be_read_ends_with_its_reason(scenario: Scenario, database: Path) -> None:
    """The message needs the subject only, which is kept beside them."""
    ticket = await scenario.waiting(1)
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE tickets SET wishes = '7'")
    await scenario.told(1, ABSENT)
    assert await scenario.store.outbox.find_bar(1, ticket.id) == GONE


async def test_a_search_that_begins_while_its_member_is_banned(scenario: Scenario) -> None:
    """Whichever is written first, nobody goes on waiting, and who did wait is told why."""
    for member in range(1, 41):
        ticket = scenario.ticket(member)
        await scenario.agreed(member)
        starting = scenario.store.tickets.start_waiting(ticket)
        work = [scenario.told(member, ABSENT), starting]
        outcome = await asyncio.gather(*(work if member % 2 else reversed(work)), return_exceptions=True)
        was_refused = any(isinstance(each, BarredMeanwhile) for each in outcome)
        assert await scenario.store.tickets.find_by_member(member) is None
        assert (await scenario.store.outbox.find_bar(member, ticket.id) is None) is was_refused


@pytest.mark.parametrize(("membership", "role_id"), BARRING)
async def test_who_is_barred_loses_the_seat(scenario: Scenario, membership: Membership, role_id: int | None) -> None:
    """Seat, link and session end as if they had left, and they are removed from the room at once; the match goes on."""
    meeting = await scenario.matched(1, 2)
    assert await scenario.redeem(meeting.tokens[0], "cookie")
    await scenario.in_the_room(meeting)
    await scenario.told(1, membership, role_id=role_id)
    seat = await scenario.store.matches.find_by_seat(meeting.seats[0])
    assert seat is not None
    assert (seat.own.left_at, seat.own.present, seat.match.state) == (scenario.clock.now(), False, MatchState.MEETING)
    assert await orders(scenario) == [meeting.seats[0]]
    assert not await scenario.redeem(meeting.tokens[0])
    assert await scenario.store.matches.find_by_member(2) is not None


@pytest.mark.parametrize(("membership", "role_id"), BARRING[1:])
async def test_who_loses_the_seat_to_a_bar_is_told_why(
    scenario: Scenario, membership: Membership, role_id: int | None
) -> None:
    """By one message to them; the partner gets none, and both cards change as after an ordinary Leave."""
    meeting = await scenario.matched(1, 2)
    for member in (1, 2):
        await scenario.told(member, PRESENT)
    before = await scenario.store.outbox.find_due(scenario.clock.now(), 99)
    for _ in range(2):
        await scenario.told(1, membership, role_id=role_id)
    bar = bar_of(membership, role_id=role_id, now=scenario.clock.now())
    due = await scenario.store.outbox.find_due(scenario.clock.now(), 99)
    [message] = [each for each in due if each not in before]
    assert (message.kind, message.member_id) == (MessageKind.UNMATCHED, 1)
    assert message.payload == SearchDetails(minutes=14, subject="Maths", bar=bar, was_matched=True)
    assert await scenario.store.outbox.find_bar(1, meeting.tickets[0].id) == bar


async def do_leave(scenario: Scenario, meeting: Meeting) -> None:
    """An ordinary Leave."""
    assert await scenario.store.browser_sessions.leave_seat(meeting.seats[0], scenario.clock.now())


async def do_ban(scenario: Scenario, meeting: Meeting) -> None:
    """A ban, told by Discord."""
    await scenario.told(meeting.tickets[0].member_id, ABSENT)


@pytest.mark.parametrize("gone", [do_leave, do_ban])
async def test_undo_does_not_bring_back_who_is_barred(
    scenario: Scenario, gone: Callable[[Scenario, Meeting], Awaitable[None]]
) -> None:
    """Neither somebody who lost the seat, nor somebody who left it and was barred afterwards."""
    meeting = await scenario.matched(1, 2)
    assert await scenario.redeem(meeting.tokens[0], "cookie")
    await gone(scenario, meeting)
    await scenario.told(1, ABSENT)
    assert not await scenario.store.browser_sessions.undo_leaving(meeting.seats[0], scenario.clock.now())
    assert await scenario.store.matches.find_by_member(1) is None


async def test_undo_brings_back_who_is_barred_elsewhere(scenario: Scenario) -> None:
    """A ban from another server changes nothing here."""
    meeting = await scenario.matched(1, 2)
    assert await scenario.redeem(meeting.tokens[0], "cookie")
    await do_leave(scenario, meeting)
    now = scenario.clock.now()
    await scenario.store.memberships.record(OTHER_SERVER, 1, bar=GONE, told_at=now, now=now)
    assert await scenario.store.browser_sessions.undo_leaving(meeting.seats[0], now)


async def test_a_ban_elsewhere_ends_nothing_here(scenario: Scenario) -> None:
    """Neither the search nor the seat."""
    await scenario.waiting(3)
    meeting = await scenario.matched(1, 2)
    now = scenario.clock.now()
    for member in (1, 3):
        await scenario.store.memberships.record(OTHER_SERVER, member, bar=GONE, told_at=now, now=now)
    assert await scenario.store.tickets.find_by_member(3) is not None
    assert (await scenario.store.matches.find_by_member(1)) is not None
    assert await orders(scenario) == []
    assert meeting.match_id


async def test_telling_it_again_changes_nothing(scenario: Scenario) -> None:
    """The member is removed from the room once."""
    meeting = await scenario.matched(1, 2)
    await scenario.told(1, ABSENT)
    scenario.clock.pass_time(seconds=1)
    await scenario.told(1, ABSENT)
    seat = await scenario.store.matches.find_by_seat(meeting.seats[0])
    assert seat is not None
    assert seat.own.left_at == scenario.clock.now() - SECOND
    assert await orders(scenario) == [meeting.seats[0]]


async def test_a_match_made_meanwhile_is_lost_too(scenario: Scenario) -> None:
    """Whichever of match and ban is written first, the member has neither ticket nor seat afterwards."""
    for first in range(1, 41, 2):
        members = (first, first + 1)
        tickets = [await scenario.waiting(member) for member in members]
        new, _ = scenario.match_of(tickets[0], tickets[1])
        fence = await scenario.fence()
        work = [scenario.told(first, ABSENT), scenario.store.matches.create(new, fence=fence)]
        await asyncio.gather(*(work if first % 4 == 1 else reversed(work)))
        assert await scenario.store.tickets.find_by_member(first) is None
        assert await scenario.store.matches.find_by_member(first) is None


async def test_a_search_that_begins_after_a_ban_is_refused(scenario: Scenario) -> None:
    """A command on its way while its member is banned starts nothing; one that comes after they are back does."""
    ticket = scenario.ticket(1)
    await scenario.agreed(1)
    await scenario.told(1, ABSENT)
    with pytest.raises(BarredMeanwhile):
        await scenario.store.tickets.start_waiting(ticket)
    await scenario.told(1, PRESENT)
    await scenario.store.tickets.start_waiting(ticket)
    assert await scenario.store.tickets.find_by_member(1) is not None


async def test_a_timeout_that_is_over_bars_nobody(scenario: Scenario) -> None:
    """A member can search again in the moment it ends, without any news."""
    until = scenario.clock.now() + SECOND
    await scenario.agreed(1)
    await scenario.told(1, Membership(timed_out_until=until))
    with pytest.raises(BarredMeanwhile):
        await scenario.store.tickets.start_waiting(scenario.ticket(1))
    scenario.clock.pass_time(seconds=1)
    await scenario.store.tickets.start_waiting(scenario.ticket(1))


async def test_who_waits_or_has_a_seat_is_asked_about_in_time(scenario: Scenario) -> None:
    """Not a millisecond before what is known is old enough, and only those who wait or have a seat."""
    await scenario.told(9)  # neither waits nor has a seat
    meeting = await scenario.matched(1, 2)
    await scenario.waiting(3)
    await scenario.waiting(4)
    await scenario.store.tickets.stop_waiting(4, scenario.clock.now())
    await scenario.store.browser_sessions.leave_seat(meeting.seats[1], scenario.clock.now())
    memberships, told_at = scenario.store.memberships, scenario.clock.now()
    await memberships.ask_again(told_at + ASK_AGAIN_AFTER - MOMENT)
    assert await asked(scenario) == []
    await memberships.ask_again(told_at + ASK_AGAIN_AFTER)
    assert await asked(scenario) == [1, 3]
    await memberships.ask(SERVER, 2, told_at + ASK_AGAIN_AFTER + SECOND)
    await memberships.ask_again(told_at + 2 * ASK_AGAIN_AFTER)
    await memberships.ask(SERVER, 4, told_at + 2 * ASK_AGAIN_AFTER)
    assert [each.member_id for each in await questions(scenario, urgent=False)] == [1, 3]
    assert [each.member_id for each in await questions(scenario, urgent=True)] == [2, 4]


async def test_somebody_who_waits_makes_a_question_urgent(scenario: Scenario) -> None:
    """It counts as asked only now, whenever it was asked for others; regular questions leave it urgent."""
    await scenario.waiting(1)
    memberships = scenario.store.memberships
    scenario.clock.pass_time(seconds=ASK_AGAIN_AFTER.total_seconds())
    asked_at = scenario.clock.now()
    await memberships.ask_again(asked_at)
    assert await memberships.find(SERVER, 1) == KnownMembership(told_at=asked_at - ASK_AGAIN_AFTER)
    await memberships.ask(SERVER, 1, asked_at + SECOND)
    await memberships.ask_again(asked_at + 2 * SECOND)
    known = await memberships.find(SERVER, 1)
    assert known == KnownMembership(told_at=asked_at - ASK_AGAIN_AFTER, urgent_at=asked_at + SECOND)
    assert await questions(scenario, urgent=False) == []
    assert await questions(scenario, urgent=True) == [MemberQuestion(server_id=SERVER, member_id=1, urgent=True)]


async def test_a_question_is_not_urgent_for_ever(scenario: Scenario) -> None:
    """Once it is answered, the next regular one is like all others."""
    await scenario.waiting(1)
    memberships = scenario.store.memberships
    await memberships.ask(SERVER, 1, scenario.clock.now())
    scenario.clock.pass_time(seconds=1)
    await scenario.told(1)
    scenario.clock.pass_time(seconds=ASK_AGAIN_AFTER.total_seconds())
    await memberships.ask_again(scenario.clock.now())
    assert await questions(scenario, urgent=True) == []
    assert [each.member_id for each in await questions(scenario, urgent=False)] == [1]


async def test_who_was_never_told_of_is_asked_about_at_once(scenario: Scenario) -> None:
    """So is somebody of whom the clock of another time told."""
    await scenario.agreed(1)
    await scenario.store.tickets.start_waiting(scenario.ticket(1))
    await scenario.waiting(2)
    now = scenario.clock.now()
    await scenario.store.memberships.ask_again(now)
    assert await asked(scenario) == [1]
    await scenario.store.memberships.ask_again(now - timedelta(hours=1))
    assert sorted(await asked(scenario)) == [1, 2]


async def test_a_question_wakes_its_listener(scenario: Scenario) -> None:
    """Chat in the same process answers at once."""
    listener = scenario.store.listen("memberships")
    waiting = asyncio.create_task(listener.wait(60))
    await scenario.store.memberships.ask(SERVER, 1, scenario.clock.now())
    woken, _ = await asyncio.wait({waiting}, timeout=TIMEOUT)
    waiting.cancel()
    assert woken == {waiting}


async def test_a_partner_is_told_and_requeued_as_after_any_leave(scenario: Scenario) -> None:
    """The gone member is never requeued."""
    meeting = await scenario.matched(1, 2)
    await scenario.told(1, ABSENT)
    scenario.clock.pass_time(seconds=UNDO_FOR.total_seconds())
    [left] = await scenario.store.matches.left_before_meeting(scenario.clock.now())
    assert left.own.id == meeting.seats[0]


async def test_the_oldest_questions_of_the_servers_asked_for(scenario: Scenario) -> None:
    """Up to the limit, and none of other servers."""
    memberships = scenario.store.memberships
    for member in (3, 1, 2):
        await memberships.ask(SERVER, member, scenario.clock.now())
        await memberships.ask(OTHER_SERVER, member, scenario.clock.now())
        scenario.clock.pass_time(seconds=1)
    found = await memberships.open_questions([SERVER], urgent=True, limit=2)
    assert [(each.server_id, each.member_id) for each in found] == [(SERVER, 3), (SERVER, 1)]
    assert len(await memberships.open_questions([SERVER, OTHER_SERVER], urgent=True, limit=9)) == 6
    assert await memberships.open_questions([], urgent=True, limit=9) == []
