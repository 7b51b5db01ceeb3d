"""Who waits, since when, with which wishes."""

import threading
from datetime import timedelta

import pytest

from bot.domain.message import Kind
from bot.domain.ticket import Came, Wishes
from bot.store import Fence, LostLease
from bot.store.codec import load_wishes
from bot.store.outbox import OutboxRow
from bot.store.tickets import AlreadyWaiting, InMatch
from tests.store.ledger import SERVER, Ledger


async def test_a_member_waits_once(ledger: Ledger) -> None:
    """A second search is refused, with the first one's ticket, and changes nothing."""
    first = await ledger.waiting(1)
    with pytest.raises(AlreadyWaiting) as refused:
        await ledger.waiting(1)
    assert refused.value.ticket == first
    assert await ledger.store.tickets.waiting() == [first]


async def test_nobody_waits_while_in_a_match(ledger: Ledger) -> None:
    """A live seat and a ticket exclude each other."""
    await ledger.matched(1, 2)
    with pytest.raises(InMatch):
        await ledger.waiting(1)


async def test_the_wishes_are_remembered(ledger: Ledger) -> None:
    """What was asked last is offered the next time, with its patience."""
    ticket = await ledger.waiting(1, subject="Art", lengths=(25,))
    saved = await ledger.store.members.wishes(1)
    assert saved is not None
    assert (saved.wishes, saved.wait_minutes, saved.server_id) == (ticket.wishes, 14, SERVER)


async def test_changing_keeps_the_place(ledger: Ledger) -> None:
    """Other wishes, the same clock; remembered for the next time. Who does not wait has nothing to change."""
    ticket = await ledger.waiting(1)
    later = ledger.clock.now() + timedelta(hours=1)
    changed = await ledger.store.tickets.change(1, Wishes(subject="Art"), expires_at=later, wait_minutes=25)
    assert changed is not None
    assert (changed.wishes.subject, changed.waiting_since) == ("Art", ticket.waiting_since)
    saved = await ledger.store.members.wishes(1)
    assert saved is not None
    assert (saved.wishes.subject, saved.wait_minutes) == ("Art", 25)
    assert await ledger.store.tickets.change(2, Wishes(), expires_at=later, wait_minutes=25) is None


async def test_a_change_is_a_new_version(ledger: Ledger) -> None:
    """Whoever chose a ticket by its former wishes cannot seat it any more."""
    one, other = await ledger.waiting(1), await ledger.waiting(2)
    changed = await ledger.store.tickets.change(
        1, one.wishes, expires_at=one.expires_at + timedelta(minutes=1), wait_minutes=15
    )
    assert changed is not None
    assert (one.version, changed.version) == (1, 2)
    for ticket, seated in ((one, False), (changed, True)):
        new, _ = ledger.match_of(ticket, other)
        assert await ledger.store.matches.record(new, fence=await ledger.fence()) is seated


async def test_who_came_lately(ledger: Ledger) -> None:
    """Whatever became of them, in the order they came, the last ones where there are many; nobody twice."""
    tickets = []
    for member in range(1, 5):
        tickets.append(await ledger.waiting(member))
        ledger.clock.pass_time(seconds=10)
    await ledger.store.tickets.leave(2, ledger.clock.now())
    since = tickets[0].waiting_since
    pool = tickets[0].pool
    assert await ledger.store.tickets.came(since, most=9) == [tickets[1]]
    came = [Came(ticket=ticket, waits=ticket is not tickets[1]) for ticket in tickets]
    assert await ledger.store.tickets.came_to(pool, since, most=9) == came[1:]
    assert await ledger.store.tickets.came_to(pool, since, most=2) == came[2:]
    assert await ledger.store.tickets.came_to("another", since, most=9) == []
    ids = [ticket.id for ticket in tickets]
    assert await ledger.store.tickets.of_ids(ids) == [tickets[0], *tickets[2:]]


async def test_leaving_twice_is_leaving_once(ledger: Ledger) -> None:
    """The second time there is no ticket any more; a new search is welcome."""
    ticket = await ledger.waiting(1)
    now = ledger.clock.now()
    assert await ledger.store.tickets.leave(1, now) == ticket
    assert await ledger.store.tickets.leave(1, now) is None
    await ledger.waiting(1)


@pytest.mark.parametrize(("seconds", "ends"), [(-1, False), (0, True), (1, True)])
async def test_patience_ends_to_the_second(ledger: Ledger, seconds: int, ends: bool) -> None:
    """One second before nobody is told; at the moment and after, once."""
    ticket = await ledger.waiting(1)
    ledger.clock.set(ticket.expires_at + timedelta(seconds=seconds))
    now, fence = ledger.clock.now(), await ledger.fence("janitor")
    row = OutboxRow(id="row", kind=Kind.UNMATCHED, member_id=1, values={}, due_at=now, server_id=SERVER, locale="en")
    assert bool(await ledger.store.tickets.due(now)) is ends
    assert await ledger.store.tickets.expire(ticket, now=now, rows=[row], fence=fence) is ends
    assert await ledger.store.tickets.expire(ticket, now=now, rows=[row], fence=fence) is False
    assert len(await ledger.store.outbox.due(now, 9)) == ends


async def test_who_leads_no_more_ends_nobodys_patience(ledger: Ledger) -> None:
    """A stale fence stops the whole list."""
    ticket = await ledger.waiting(1)
    ledger.clock.set(ticket.expires_at)
    with pytest.raises(LostLease):
        await ledger.store.tickets.expire(
            ticket, now=ledger.clock.now(), rows=[], fence=Fence(name="janitor", number=7)
        )
    assert await ledger.store.tickets.of_member(1) == ticket


@pytest.mark.parametrize("reading", ["of_ids", "came"])
async def test_many_tickets_are_read_away_from_the_loop(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, reading: str
) -> None:
    """Thousands of them would keep everybody else waiting."""
    ticket = await ledger.waiting(1)
    if reading == "came":
        await ledger.store.tickets.leave(1, ledger.clock.now())
    threads: list[int] = []

    def noted(text: str) -> Wishes:
        threads.append(threading.get_ident())
        return load_wishes(text)

    monkeypatch.setattr("bot.store.tickets.load_wishes", noted)
    tickets = ledger.store.tickets
    before = ticket.waiting_since - timedelta(seconds=1)
    found = await (tickets.of_ids([ticket.id]) if reading == "of_ids" else tickets.came(before, most=9))
    assert found == [ticket]
    assert threading.get_ident() not in threads
    assert len(threads) == 1
