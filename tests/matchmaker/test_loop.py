"""Waiting tickets become matches."""

import asyncio
import threading
from collections.abc import Callable
from itertools import pairwise

import pytest

from bot.domain.invitation import digest, link_token
from bot.domain.message import Kind
from bot.matching.engine import Engine
from bot.matchmaker.loop import AT_ONCE
from bot.store import LostLease
from bot.store.leases import Fence
from tests.loops.made import matchmaker, open_hall
from tests.store.ledger import LINK_KEY, Ledger

SOON = 5  # seconds


async def test_two_who_wait_are_put_together(ledger: Ledger) -> None:
    """Both get a card and a message, each with the one link of their own seat."""
    await open_hall(ledger)
    await ledger.waiting(1, subject="Maths")
    await ledger.waiting(2, subject="Maths")
    assert await matchmaker(ledger).step(await ledger.fence()) == 1
    messages = await ledger.store.outbox.due(ledger.clock.now(), 9)
    assert [message.kind for message in messages[:2]] == [Kind.CARD, Kind.CARD]
    assert sorted(message.member_id for message in messages) == [1, 1, 2, 2]
    for message in messages:
        assert message.invitation_id is not None
        look = await ledger.store.invitations.look(digest(link_token(LINK_KEY, message.invitation_id)))
        assert look is not None
        assert look.seat_id == message.seat_id
        assert message.values["subject"] == "Maths"


async def test_again_finds_nobody(ledger: Ledger) -> None:
    """Whoever was paired waits no more."""
    await open_hall(ledger)
    for member in range(1, 6):
        await ledger.waiting(member)
    maker, fence = matchmaker(ledger), await ledger.fence()
    assert [await maker.step(fence), await maker.step(fence)] == [2, 0]
    assert len(await ledger.store.tickets.waiting()) == 1


@pytest.mark.parametrize("opened", [None, True])
async def test_where_pairing_is_off_nobody_is_paired(ledger: Ledger, opened: bool | None) -> None:
    """A server without a setup, or paused, keeps its tickets waiting."""
    if opened:
        await open_hall(ledger, paused=True)
    await ledger.waiting(1)
    await ledger.waiting(2)
    assert await matchmaker(ledger).step(await ledger.fence()) == 0
    await open_hall(ledger)
    assert await matchmaker(ledger).step(await ledger.fence()) == 1


async def test_a_block_is_kept(ledger: Ledger) -> None:
    """The two wait on; with a third there is a pair."""
    await open_hall(ledger)
    await ledger.store.blocks.add(1, 2, ledger.clock.now())
    await ledger.waiting(1)
    await ledger.waiting(2)
    maker = matchmaker(ledger)
    assert await maker.step(await ledger.fence()) == 0
    await ledger.waiting(3)
    assert await maker.step(await ledger.fence()) == 1


async def test_patience_that_is_over_is_not_paired(ledger: Ledger) -> None:
    """The janitor may be late; a match after the promised time would be too."""
    await open_hall(ledger)
    ticket = await ledger.waiting(1)
    ledger.clock.set(ticket.expires_at)
    await ledger.waiting(2)
    assert await matchmaker(ledger).step(await ledger.fence()) == 0


async def test_one_leads_at_a_time(ledger: Ledger) -> None:
    """Two matchmakers run; one pairs. When it stops, the other takes over."""
    await open_hall(ledger)
    matched = ledger.store.listen("outbox")
    first, second = (asyncio.create_task(matchmaker(ledger, holder).run()) for holder in ("a", "b"))
    await ledger.waiting(1)
    await ledger.waiting(2)
    await matched.wait(SOON)
    for task in (first, second):
        task.cancel()
    await asyncio.gather(first, second, return_exceptions=True)
    assert len(await ledger.store.outbox.due(ledger.clock.now(), 99)) == 4


async def test_a_former_leader_stops(ledger: Ledger) -> None:
    """Its round ends with the news that another leads."""
    await open_hall(ledger)
    await ledger.waiting(1)
    await ledger.waiting(2)
    with pytest.raises(LostLease):
        await matchmaker(ledger).step(Fence(name="matchmaker", number=99))
    assert len(await ledger.store.tickets.waiting()) == 2


async def test_many_matches_leave_others_their_turn(ledger: Ledger) -> None:
    """They are recorded in portions; whoever else runs goes on in between."""
    await open_hall(ledger)
    for member in range(4 * AT_ONCE):
        await ledger.waiting(1 + member)
    drawn: list[int] = []

    async def look_on() -> None:
        while True:
            drawn.append(ledger.clock.drawn)
            await asyncio.sleep(0)

    looker = asyncio.create_task(look_on())
    assert await matchmaker(ledger).step(await ledger.fence()) == 2 * AT_ONCE
    looker.cancel()
    assert max(after - before for before, after in pairwise(drawn)) == (drawn[-1] - drawn[0]) / 2


async def test_the_engine_works_away_from_the_loop(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that takes long where many wait is done by another thread."""
    methods, called, ours = ("recall", "learn", "arrive", "prepare", "accept"), set(), threading.get_ident()

    def noted(method: Callable[..., object]) -> Callable[..., object]:
        def call(*values: object) -> object:
            called.add((method.__name__, threading.get_ident() == ours))
            return method(*values)

        return call

    for name in methods:
        monkeypatch.setattr(Engine, name, noted(getattr(Engine, name)))
    await open_hall(ledger)
    await ledger.waiting(1)
    await ledger.waiting(2)
    assert await matchmaker(ledger).step(await ledger.fence()) == 1
    assert called == {(name, False) for name in methods}
