"""Waiting tickets become matches."""

import asyncio
import threading
from collections.abc import Callable
from itertools import pairwise

import pytest

from bot.domain.invitation import digest, link_token
from bot.domain.message import MatchDetails, MessageKind
from bot.matching.engine import Engine
from bot.matchmaker.loop import MATCHES_PER_BATCH
from bot.store import LostLease
from bot.store.leases import Fence
from tests.loops.factories import make_matchmaker, open_server
from tests.store.scenario import LINK_KEY, Scenario

SOON = 5  # seconds


async def test_two_who_wait_are_put_together(scenario: Scenario) -> None:
    """Both get a card and a message, each with the one link of their own seat."""
    await open_server(scenario.store)
    await scenario.waiting(1, subject="Maths")
    await scenario.waiting(2, subject="Maths")
    assert await make_matchmaker(scenario.store, scenario.clock).step(await scenario.fence()) == 1
    messages = await scenario.store.outbox.find_due(scenario.clock.now(), 9)
    assert [message.kind for message in messages[:2]] == [MessageKind.CARD, MessageKind.CARD]
    assert sorted(message.member_id for message in messages) == [1, 1, 2, 2]
    for message in messages:
        assert message.invitation_id is not None
        look = await scenario.store.invitations.find_by_token(digest(link_token(LINK_KEY, message.invitation_id)))
        assert look is not None
        assert look.seat_id == message.seat_id
        assert isinstance(message.payload, MatchDetails)
        assert message.payload.agreement.subject == "Maths"


async def test_again_finds_nobody(scenario: Scenario) -> None:
    """Whoever was paired waits no more."""
    await open_server(scenario.store)
    for member in range(1, 6):
        await scenario.waiting(member)
    maker, fence = make_matchmaker(scenario.store, scenario.clock), await scenario.fence()
    assert [await maker.step(fence), await maker.step(fence)] == [2, 0]
    assert len(await scenario.waiting_tickets()) == 1


@pytest.mark.parametrize("opened", [None, True])
async def test_where_pairing_is_off_nobody_is_paired(scenario: Scenario, opened: bool | None) -> None:
    """A server without a setup, or paused, keeps its tickets waiting."""
    if opened:
        await open_server(scenario.store, paused=True)
    await scenario.waiting(1)
    await scenario.waiting(2)
    assert await make_matchmaker(scenario.store, scenario.clock).step(await scenario.fence()) == 0
    await open_server(scenario.store)
    assert await make_matchmaker(scenario.store, scenario.clock).step(await scenario.fence()) == 1


async def test_a_block_is_kept(scenario: Scenario) -> None:
    """The two wait on; with a third there is a pair."""
    await open_server(scenario.store)
    await scenario.store.blocks.add(1, 2, scenario.clock.now())
    await scenario.waiting(1)
    await scenario.waiting(2)
    maker = make_matchmaker(scenario.store, scenario.clock)
    assert await maker.step(await scenario.fence()) == 0
    await scenario.waiting(3)
    assert await maker.step(await scenario.fence()) == 1


async def test_patience_that_is_over_is_not_paired(scenario: Scenario) -> None:
    """The janitor may be late; a match after the promised time would be too."""
    await open_server(scenario.store)
    ticket = await scenario.waiting(1)
    scenario.clock.set(ticket.expires_at)
    await scenario.waiting(2)
    assert await make_matchmaker(scenario.store, scenario.clock).step(await scenario.fence()) == 0


async def test_one_leads_at_a_time(scenario: Scenario) -> None:
    """Two matchmakers run; one pairs. When it stops, the other takes over."""
    await open_server(scenario.store)
    matched = scenario.store.listen("outbox")
    first, second = (
        asyncio.create_task(make_matchmaker(scenario.store, scenario.clock, holder=holder).run())
        for holder in ("a", "b")
    )
    await scenario.waiting(1)
    await scenario.waiting(2)
    await matched.wait(SOON)
    for task in (first, second):
        task.cancel()
    await asyncio.gather(first, second, return_exceptions=True)
    assert len(await scenario.store.outbox.find_due(scenario.clock.now(), 99)) == 4


async def test_a_former_leader_stops(scenario: Scenario) -> None:
    """Its round ends with the news that another leads."""
    await open_server(scenario.store)
    await scenario.waiting(1)
    await scenario.waiting(2)
    with pytest.raises(LostLease):
        await make_matchmaker(scenario.store, scenario.clock).step(Fence(name="matchmaker", number=99))
    assert len(await scenario.waiting_tickets()) == 2


async def test_many_matches_leave_others_their_turn(scenario: Scenario) -> None:
    """They are recorded in portions; whoever else runs goes on in between."""
    await open_server(scenario.store)
    for member in range(4 * MATCHES_PER_BATCH):
        await scenario.waiting(1 + member)
    drawn: list[int] = []

    async def look_on() -> None:
        while True:
            drawn.append(scenario.clock.drawn)
            await asyncio.sleep(0)

    looker = asyncio.create_task(look_on())
    assert await make_matchmaker(scenario.store, scenario.clock).step(await scenario.fence()) == 2 * MATCHES_PER_BATCH
    looker.cancel()
    assert max(after - before for before, after in pairwise(drawn)) == (drawn[-1] - drawn[0]) / 2


async def test_the_engine_works_away_from_the_loop(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that takes long where many wait is done by another thread."""
    methods, called, ours = (
        ("record_past_arrivals", "add_history", "add_ticket", "prepare_assignment", "commit_assignment"),
        set(),
        threading.get_ident(),
    )

    def noted(method: Callable[..., object]) -> Callable[..., object]:
        def call(*values: object) -> object:
            called.add((method.__name__, threading.get_ident() == ours))
            return method(*values)

        return call

    for name in methods:
        monkeypatch.setattr(Engine, name, noted(getattr(Engine, name)))
    await open_server(scenario.store)
    await scenario.waiting(1)
    await scenario.waiting(2)
    assert await make_matchmaker(scenario.store, scenario.clock).step(await scenario.fence()) == 1
    assert called == {(name, False) for name in methods}
