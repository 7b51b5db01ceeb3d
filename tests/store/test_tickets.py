"""Tickets: waiting, no longer waiting, and reading who waits."""

import threading
from datetime import timedelta
from functools import partial

import pytest

from bot.domain.match import EndReason
from bot.domain.message import MessageKind
from bot.domain.ticket import RecentTicket, Wishes, requeued_ticket
from bot.store import Fence, LostLease
from bot.store.codec import decode
from bot.store.outbox import NewMessage
from bot.store.tickets import AlreadyWaiting, InMatch, MatchedTicket
from tests.loops.factories import open_server
from tests.store.scenario import SERVER, Scenario


async def test_a_member_waits_once(scenario: Scenario) -> None:
    """A second search is refused with the first ticket, and changes nothing."""
    first = await scenario.waiting(1)
    with pytest.raises(AlreadyWaiting) as refused:
        await scenario.waiting(1)
    assert refused.value.ticket == first
    assert await scenario.waiting_tickets() == [first]


async def test_a_member_with_a_live_seat_cannot_wait(scenario: Scenario) -> None:
    """A waiting ticket and a live seat exclude each other."""
    await scenario.matched(1, 2)
    with pytest.raises(InMatch):
        await scenario.waiting(1)


async def test_changed_wishes_keep_the_place(scenario: Scenario) -> None:
    """The time waited counts on, and the wishes are remembered; who does not wait in this server changes nothing."""
    ticket = await scenario.waiting(1)
    later = scenario.clock.now() + timedelta(hours=1)
    now = scenario.clock.now()
    change = partial(scenario.store.tickets.change_wishes, expires_at=later, now=now)
    changed = await change(1, Wishes(subject="Art"), server_id=SERVER)
    assert changed is not None
    assert (changed.wishes.subject, changed.waiting_since) == ("Art", ticket.waiting_since)
    saved = await scenario.store.members.last_wishes(1)
    assert saved is not None
    assert saved.wishes.subject == "Art"
    assert await change(2, Wishes(), server_id=SERVER) is None
    assert await change(1, Wishes(subject="Law"), server_id=SERVER + 1) is None
    assert await scenario.store.tickets.find_by_member(1) == changed


async def test_changed_wishes_are_a_new_version(scenario: Scenario) -> None:
    """A match that was decided on the old wishes is refused."""
    one, other = await scenario.waiting(1), await scenario.waiting(2)
    changed = await scenario.store.tickets.change_wishes(
        1, one.wishes, server_id=SERVER, expires_at=one.expires_at + timedelta(minutes=1), now=scenario.clock.now()
    )
    assert changed is not None
    assert (one.version, changed.version) == (1, 2)
    for ticket, created in ((one, False), (changed, True)):
        new, _ = scenario.match_of(ticket, other)
        assert await scenario.store.matches.create(new, fence=await scenario.fence()) is created


async def test_recent_tickets(scenario: Scenario) -> None:
    """They are in the order in which they were opened; if there are more than the limit, the last ones."""
    tickets = []
    for member in range(1, 5):
        tickets.append(await scenario.waiting(member))
        scenario.clock.pass_time(seconds=10)
    await scenario.store.tickets.stop_waiting(2, scenario.clock.now())
    since = tickets[0].waiting_since
    pool = tickets[0].pool
    assert await scenario.store.tickets.recently_ended(since, limit=9) == [tickets[1]]
    recent = [RecentTicket(ticket=ticket, is_waiting=ticket is not tickets[1]) for ticket in tickets]
    assert await scenario.store.tickets.recent_in_pool(pool, since, limit=9) == recent[1:]
    assert await scenario.store.tickets.recent_in_pool(pool, since, limit=2) == recent[2:]
    assert await scenario.store.tickets.recent_in_pool("another", since, limit=9) == []
    ids = [ticket.id for ticket in tickets]
    assert await scenario.store.tickets.find_waiting(ids) == [tickets[0], *tickets[2:]]


async def test_a_member_stops_waiting_once(scenario: Scenario) -> None:
    """The second time there is no ticket; a new search is accepted."""
    ticket = await scenario.waiting(1)
    now = scenario.clock.now()
    assert await scenario.store.tickets.stop_waiting(1, now) == ticket
    assert await scenario.store.tickets.stop_waiting(1, now) is None
    await scenario.waiting(1)


@pytest.mark.parametrize(("seconds", "ends"), [(-1, False), (0, True), (1, True)])
async def test_a_ticket_expires_to_the_second(scenario: Scenario, seconds: int, ends: bool) -> None:
    """Its member gets one message, and none a second before."""
    ticket = await scenario.waiting(1)
    scenario.clock.set(ticket.expires_at + timedelta(seconds=seconds))
    now, fence = scenario.clock.now(), await scenario.fence("janitor")
    message = NewMessage(
        id="message", kind=MessageKind.MATCH_OVER, member_id=1, due_at=now, server_id=SERVER, locale="en"
    )
    assert bool(await scenario.store.tickets.find_expired(now)) is ends
    assert await scenario.store.tickets.expire(ticket, now=now, messages=[message], fence=fence) is ends
    assert await scenario.store.tickets.expire(ticket, now=now, messages=[message], fence=fence) is False
    assert len(await scenario.store.outbox.find_due(now, 9)) == ends


async def test_a_former_leader_expires_no_ticket(scenario: Scenario) -> None:
    """Its whole list is refused."""
    ticket = await scenario.waiting(1)
    scenario.clock.set(ticket.expires_at)
    with pytest.raises(LostLease):
        await scenario.store.tickets.expire(
            ticket, now=scenario.clock.now(), messages=[], fence=Fence(name="janitor", number=7)
        )
    assert await scenario.store.tickets.find_by_member(1) == ticket


@pytest.mark.parametrize("reading", ["find_waiting", "recently_ended"])
async def test_many_tickets_are_read_in_a_thread(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch, reading: str
) -> None:
    """Otherwise, thousands of them would block the event loop."""
    ticket = await scenario.waiting(1)
    if reading == "recently_ended":
        await scenario.store.tickets.stop_waiting(1, scenario.clock.now())
    threads: list[int] = []

    def recorded(text: str, kind: type[Wishes]) -> Wishes:
        threads.append(threading.get_ident())
        return decode(text, kind)

    monkeypatch.setattr("bot.store.tickets.decode", recorded)
    tickets = scenario.store.tickets
    before = ticket.waiting_since - timedelta(seconds=1)
    found = await (
        tickets.find_waiting([ticket.id]) if reading == "find_waiting" else tickets.recently_ended(before, limit=9)
    )
    assert found == [ticket]
    assert threading.get_ident() not in threads
    assert len(threads) == 1


async def test_a_requeued_ticket_is_no_new_arrival(scenario: Scenario) -> None:
    """Its member arrived once, so recent tickets leave it out."""
    first = await scenario.matched(1, 2)
    now = scenario.clock.now()
    again = requeued_ticket(first.tickets[0], new_id="again", matched_at=now, now=now)
    assert await scenario.store.matches.end(first.match_id, EndReason.NO_SHOW, now=now, requeue=[again])
    assert await scenario.waiting_tickets() == [again]
    await scenario.store.tickets.stop_waiting(1, now)
    since = first.tickets[0].waiting_since - timedelta(seconds=1)
    tickets = scenario.store.tickets
    assert {each.id for each in await tickets.recently_ended(since, limit=9)} == {each.id for each in first.tickets}
    recent = await tickets.recent_in_pool(again.pool, since, limit=9)
    assert {each.ticket.id for each in recent} == {each.id for each in first.tickets}


async def test_the_ticket_of_a_seat(scenario: Scenario) -> None:
    """It comes with the time at which it was matched; an unknown seat has none."""
    meeting = await scenario.matched(1, 2)
    spent = await scenario.store.tickets.find_by_seat(meeting.seats[1])
    assert spent == MatchedTicket(ticket=meeting.tickets[1], ended_at=scenario.clock.now())
    assert await scenario.store.tickets.find_by_seat("unknown") is None


@pytest.mark.parametrize("is_told", [True, False])
async def test_a_pause_is_told_to_the_requeued_once(scenario: Scenario, *, is_told: bool) -> None:
    """A message about the new search says it already; without one they are told like everybody who waits."""
    await open_server(scenario.store)
    meeting, now = await scenario.matched(1, 2), scenario.clock.now()
    await scenario.in_the_room(meeting, 0)
    await open_server(scenario.store, paused=True)
    ticket = requeued_ticket(meeting.tickets[0], new_id="again", matched_at=now, now=now)
    news = NewMessage(
        id="news",
        kind=MessageKind.PARTNER_DECLINED,
        member_id=1,
        match_id=meeting.match_id,
        seat_id=meeting.seats[0],
        ticket_id=ticket.id if is_told else None,
        due_at=now,
    )
    assert await scenario.store.matches.end(
        meeting.match_id, EndReason.REPLACED, now=now, messages=[news], requeue=[ticket]
    )
    untold = await scenario.store.tickets.find_pause_changed(paused=True, limit=9)
    assert [each.id for each in untold] == ([] if is_told else [ticket.id])
