"""Who waits, since when, with which wishes."""

import threading
from datetime import timedelta

import pytest

from bot.domain.message import MessageKind
from bot.domain.ticket import RecentTicket, Wishes
from bot.store import Fence, LostLease
from bot.store.codec import decode
from bot.store.outbox import NewMessage
from bot.store.tickets import AlreadyWaiting, InMatch
from tests.store.scenario import SERVER, Scenario


async def test_a_member_waits_once(scenario: Scenario) -> None:
    """A second search is refused, with the first one's ticket, and changes nothing."""
    first = await scenario.waiting(1)
    with pytest.raises(AlreadyWaiting) as refused:
        await scenario.waiting(1)
    assert refused.value.ticket == first
    assert await scenario.waiting_tickets() == [first]


async def test_nobody_waits_while_in_a_match(scenario: Scenario) -> None:
    """A live seat and a ticket exclude each other."""
    await scenario.matched(1, 2)
    with pytest.raises(InMatch):
        await scenario.waiting(1)


async def test_the_wishes_are_remembered(scenario: Scenario) -> None:
    """What was asked last is offered the next time, with its patience."""
    ticket = await scenario.waiting(1, subject="Art", lengths=(25,))
    saved = await scenario.store.members.last_wishes(1)
    assert saved is not None
    assert (saved.wishes, saved.wait_minutes, saved.server_id) == (ticket.wishes, 14, SERVER)


async def test_changing_keeps_the_place(scenario: Scenario) -> None:
    """Other wishes, the same clock; remembered for the next time. Who does not wait has nothing to change."""
    ticket = await scenario.waiting(1)
    later = scenario.clock.now() + timedelta(hours=1)
    changed = await scenario.store.tickets.change_wishes(1, Wishes(subject="Art"), expires_at=later, wait_minutes=25)
    assert changed is not None
    assert (changed.wishes.subject, changed.waiting_since) == ("Art", ticket.waiting_since)
    saved = await scenario.store.members.last_wishes(1)
    assert saved is not None
    assert (saved.wishes.subject, saved.wait_minutes) == ("Art", 25)
    assert await scenario.store.tickets.change_wishes(2, Wishes(), expires_at=later, wait_minutes=25) is None


async def test_a_change_is_a_new_version(scenario: Scenario) -> None:
    """Whoever chose a ticket by its former wishes cannot seat it any more."""
    one, other = await scenario.waiting(1), await scenario.waiting(2)
    changed = await scenario.store.tickets.change_wishes(
        1, one.wishes, expires_at=one.expires_at + timedelta(minutes=1), wait_minutes=15
    )
    assert changed is not None
    assert (one.version, changed.version) == (1, 2)
    for ticket, seated in ((one, False), (changed, True)):
        new, _ = scenario.match_of(ticket, other)
        assert await scenario.store.matches.create(new, fence=await scenario.fence()) is seated


async def test_who_came_lately(scenario: Scenario) -> None:
    """Whatever became of them, in the order they came, the last ones where there are many; nobody twice."""
    tickets = []
    for member in range(1, 5):
        tickets.append(await scenario.waiting(member))
        scenario.clock.pass_time(seconds=10)
    await scenario.store.tickets.stop_waiting(2, scenario.clock.now())
    since = tickets[0].waiting_since
    pool = tickets[0].pool
    assert await scenario.store.tickets.recently_ended(since, limit=9) == [tickets[1]]
    came = [RecentTicket(ticket=ticket, is_waiting=ticket is not tickets[1]) for ticket in tickets]
    assert await scenario.store.tickets.recent_in_pool(pool, since, limit=9) == came[1:]
    assert await scenario.store.tickets.recent_in_pool(pool, since, limit=2) == came[2:]
    assert await scenario.store.tickets.recent_in_pool("another", since, limit=9) == []
    ids = [ticket.id for ticket in tickets]
    assert await scenario.store.tickets.find_waiting(ids) == [tickets[0], *tickets[2:]]


async def test_leaving_twice_is_leaving_once(scenario: Scenario) -> None:
    """The second time there is no ticket any more; a new search is welcome."""
    ticket = await scenario.waiting(1)
    now = scenario.clock.now()
    assert await scenario.store.tickets.stop_waiting(1, now) == ticket
    assert await scenario.store.tickets.stop_waiting(1, now) is None
    await scenario.waiting(1)


@pytest.mark.parametrize(("seconds", "ends"), [(-1, False), (0, True), (1, True)])
async def test_patience_ends_to_the_second(scenario: Scenario, seconds: int, ends: bool) -> None:
    """One second before nobody is told; at the moment and after, once."""
    ticket = await scenario.waiting(1)
    scenario.clock.set(ticket.expires_at + timedelta(seconds=seconds))
    now, fence = scenario.clock.now(), await scenario.fence("janitor")
    row = NewMessage(id="row", kind=MessageKind.MATCH_OVER, member_id=1, due_at=now, server_id=SERVER, locale="en")
    assert bool(await scenario.store.tickets.find_expired(now)) is ends
    assert await scenario.store.tickets.expire(ticket, now=now, messages=[row], fence=fence) is ends
    assert await scenario.store.tickets.expire(ticket, now=now, messages=[row], fence=fence) is False
    assert len(await scenario.store.outbox.find_due(now, 9)) == ends


async def test_who_leads_no_more_ends_nobodys_patience(scenario: Scenario) -> None:
    """A stale fence stops the whole list."""
    ticket = await scenario.waiting(1)
    scenario.clock.set(ticket.expires_at)
    with pytest.raises(LostLease):
        await scenario.store.tickets.expire(
            ticket, now=scenario.clock.now(), messages=[], fence=Fence(name="janitor", number=7)
        )
    assert await scenario.store.tickets.find_by_member(1) == ticket


@pytest.mark.parametrize("reading", ["of_ids", "came"])
async def test_many_tickets_are_read_away_from_the_loop(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch, reading: str
) -> None:
    """Thousands of them would keep everybody else waiting."""
    ticket = await scenario.waiting(1)
    if reading == "came":
        await scenario.store.tickets.stop_waiting(1, scenario.clock.now())
    threads: list[int] = []

    def noted(text: str, kind: type[Wishes]) -> Wishes:
        threads.append(threading.get_ident())
        return decode(text, kind)

    monkeypatch.setattr("bot.store.tickets.decode", noted)
    tickets = scenario.store.tickets
    before = ticket.waiting_since - timedelta(seconds=1)
    found = await (
        tickets.find_waiting([ticket.id]) if reading == "of_ids" else tickets.recently_ended(before, limit=9)
    )
    assert found == [ticket]
    assert threading.get_ident() not in threads
    assert len(threads) == 1
