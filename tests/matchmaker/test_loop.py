"""The matchmaker over a real store: waiting tickets become matches."""

import asyncio
import logging
import re
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
from tests.polling import TIMEOUT
from tests.store.scenario import LINK_KEY, Scenario


async def test_two_who_wait_are_matched(scenario: Scenario) -> None:
    """Both get a message with the link of their own seat."""
    await open_server(scenario.store)
    await scenario.waiting(1, subject="Maths")
    await scenario.waiting(2, subject="Maths")
    assert await make_matchmaker(scenario.store, scenario.clock).step(await scenario.fence()) == 1
    messages = await scenario.store.outbox.find_due(scenario.clock.now(), 9)
    assert [message.kind for message in messages] == [MessageKind.INVITATION, MessageKind.INVITATION]
    assert sorted(message.member_id for message in messages) == [1, 2]
    for message in messages:
        assert message.invitation_id is not None
        invitation = await scenario.store.invitations.find_by_token(digest(link_token(LINK_KEY, message.invitation_id)))
        assert invitation is not None
        assert invitation.seat_id == message.seat_id
        assert isinstance(message.payload, MatchDetails)
        assert message.payload.agreement.subject == "Maths"


async def test_a_match_is_one_line_in_the_log(scenario: Scenario, caplog: pytest.LogCaptureFixture) -> None:
    """It has ids alone, with which operators find the match in the store and its seats at LiveKit."""
    caplog.set_level(logging.INFO, "bot.matchmaker")
    await open_server(scenario.store)
    for member in (1, 2, 3):
        await scenario.waiting(member)
    maker, fence = make_matchmaker(scenario.store, scenario.clock), await scenario.fence()
    for _ in range(2):
        await maker.step(fence)
    seats = [await scenario.store.matches.find_by_member(member) for member in (1, 2, 3)]
    first, second = (seat.own for seat in seats if seat)
    [line] = caplog.messages
    assert line.startswith(f"matched: match {first.match_id}, seats ")
    assert set(re.findall(r"seats (\S+) and (\S+), ", line)[0]) == {first.id, second.id}


async def test_the_next_step_does_not_match_them_again(scenario: Scenario) -> None:
    """A member who was matched no longer waits."""
    await open_server(scenario.store)
    for member in range(1, 6):
        await scenario.waiting(member)
    maker, fence = make_matchmaker(scenario.store, scenario.clock), await scenario.fence()
    assert [await maker.step(fence), await maker.step(fence)] == [2, 0]
    assert len(await scenario.waiting_tickets()) == 1


@pytest.mark.parametrize("set_up", [False, True], ids=["not set up", "paused"])
async def test_a_closed_server_matches_nobody(scenario: Scenario, set_up: bool) -> None:
    """Without a setup, or while it is paused, its tickets wait on; once it is open, they are matched."""
    if set_up:
        await open_server(scenario.store, paused=True)
    await scenario.waiting(1)
    await scenario.waiting(2)
    assert await make_matchmaker(scenario.store, scenario.clock).step(await scenario.fence()) == 0
    await open_server(scenario.store)
    assert await make_matchmaker(scenario.store, scenario.clock).step(await scenario.fence()) == 1


async def test_a_block_is_respected(scenario: Scenario) -> None:
    """The two wait on; when a third comes there is a pair."""
    await open_server(scenario.store)
    await scenario.store.blocks.add(1, 2, scenario.clock.now())
    await scenario.waiting(1)
    await scenario.waiting(2)
    maker = make_matchmaker(scenario.store, scenario.clock)
    assert await maker.step(await scenario.fence()) == 0
    await scenario.waiting(3)
    assert await maker.step(await scenario.fence()) == 1


async def test_an_expired_ticket_is_not_matched(scenario: Scenario) -> None:
    """It is not matched even if the janitor has not ended it yet."""
    await open_server(scenario.store)
    ticket = await scenario.waiting(1)
    scenario.clock.set(ticket.expires_at)
    await scenario.waiting(2)
    assert await make_matchmaker(scenario.store, scenario.clock).step(await scenario.fence()) == 0


async def test_one_matchmaker_works_at_a_time(scenario: Scenario) -> None:
    """Two run at once: each member is matched once."""
    await open_server(scenario.store)
    matched = scenario.store.listen("outbox")
    first, second = (
        asyncio.create_task(make_matchmaker(scenario.store, scenario.clock, holder=holder).run())
        for holder in ("a", "b")
    )
    await scenario.waiting(1)
    await scenario.waiting(2)
    await matched.wait(TIMEOUT)
    for task in (first, second):
        task.cancel()
    await asyncio.gather(first, second, return_exceptions=True)
    assert len(await scenario.store.outbox.find_due(scenario.clock.now(), 99)) == 2


async def test_a_former_leader_records_nothing(scenario: Scenario) -> None:
    """Its step raises LostLease and both tickets still wait."""
    await open_server(scenario.store)
    await scenario.waiting(1)
    await scenario.waiting(2)
    with pytest.raises(LostLease):
        await make_matchmaker(scenario.store, scenario.clock).step(Fence(name="matchmaker", number=99))
    assert len(await scenario.waiting_tickets()) == 2


async def test_many_matches_let_other_tasks_run(scenario: Scenario) -> None:
    """They are recorded in batches, and other tasks run in between."""
    await open_server(scenario.store)
    for member in range(4 * MATCHES_PER_BATCH):
        await scenario.waiting(1 + member)
    draws: list[int] = []  # how many random values were drawn when another task ran

    async def watch() -> None:
        while True:
            draws.append(scenario.clock.drawn)
            await asyncio.sleep(0)

    watcher = asyncio.create_task(watch())
    assert await make_matchmaker(scenario.store, scenario.clock).step(await scenario.fence()) == 2 * MATCHES_PER_BATCH
    watcher.cancel()
    assert max(after - before for before, after in pairwise(draws)) == (draws[-1] - draws[0]) / 2


async def test_the_engine_runs_in_another_thread(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every call that takes long with many tickets runs there, so the event loop stays responsive."""
    methods, called, our_thread = (
        ("record_past_arrivals", "add_history", "add_ticket", "prepare_assignment", "commit_assignment"),
        set(),
        threading.get_ident(),
    )

    def recorded(method: Callable[..., object]) -> Callable[..., object]:
        def call(*values: object) -> object:
            called.add((method.__name__, threading.get_ident() == our_thread))
            return method(*values)

        return call

    for name in methods:
        monkeypatch.setattr(Engine, name, recorded(getattr(Engine, name)))
    await open_server(scenario.store)
    await scenario.waiting(1)
    await scenario.waiting(2)
    assert await make_matchmaker(scenario.store, scenario.clock).step(await scenario.fence()) == 1
    assert called == {(name, False) for name in methods}


@pytest.mark.parametrize("late_s", [0, 60, 7 * 86400])
async def test_searches_that_expired_while_nothing_ran(scenario: Scenario, late_s: int) -> None:
    """After a pause nobody is matched who no longer expects it, even if the matchmaker starts before the janitor."""
    await open_server(scenario.store)
    await scenario.waiting(1, subject="Maths")
    ticket = await scenario.waiting(2, subject="Maths")
    scenario.clock.set(ticket.expires_at)
    scenario.clock.pass_time(seconds=late_s)
    assert await make_matchmaker(scenario.store, scenario.clock).step(await scenario.fence()) == 0
