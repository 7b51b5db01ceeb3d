"""The engine's queue follows the store's."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.match import APART_FOR, UNDO_FOR
from bot.domain.ticket import Level, Style, Ticket
from bot.matching.engine import Engine
from bot.store import Fence, StoreUnavailable
from bot.store.leases import LEASE_LENGTH
from bot.store.matches import NewMatch
from tests.loops.factories import make_janitor, make_matchmaker, open_server
from tests.store.scenario import Scenario


async def test_changed_wishes_reach_the_engine(scenario: Scenario) -> None:
    """Two members who could not meet can do so once one of them has changed the length."""
    await open_server(scenario.store)
    maker, fence = make_matchmaker(scenario.store, scenario.clock), await scenario.fence()
    ticket = await scenario.waiting(1, lengths=(25,))
    await scenario.waiting(2, lengths=(75,))
    assert await maker.step(fence) == 0
    wishes = replace(ticket.wishes, lengths=(75,))
    await scenario.store.tickets.change_wishes(
        1, wishes, server_id=ticket.server_id, expires_at=ticket.expires_at, now=scenario.clock.now()
    )
    assert await maker.step(fence) == 1


async def test_a_member_who_left_is_not_matched(scenario: Scenario) -> None:
    """The engine knows before it decides again."""
    await open_server(scenario.store)
    maker, fence = make_matchmaker(scenario.store, scenario.clock), await scenario.fence()
    await scenario.waiting(1)
    await maker.step(fence)
    await scenario.store.tickets.stop_waiting(1, scenario.clock.now())
    await scenario.waiting(2)
    assert await maker.step(fence) == 0
    await scenario.waiting(3)
    assert await maker.step(fence) == 1


async def test_a_pause_empties_the_queue_and_its_end_refills_it(scenario: Scenario) -> None:
    """The tickets wait on meanwhile."""
    await open_server(scenario.store)
    maker, fence = make_matchmaker(scenario.store, scenario.clock), await scenario.fence()
    await scenario.waiting(1)
    await maker.step(fence)
    await open_server(scenario.store, paused=True)
    await scenario.waiting(2)
    assert await maker.step(fence) == 0
    await open_server(scenario.store)
    assert await maker.step(fence) == 1


async def test_a_block_set_while_both_wait(scenario: Scenario) -> None:
    """The store refuses the pair; the engine learns of the block, and both can meet others."""
    await open_server(scenario.store)
    maker, fence = make_matchmaker(scenario.store, scenario.clock), await scenario.fence()
    await scenario.waiting(1)
    await maker.step(fence)
    await scenario.waiting(2)
    await scenario.store.blocks.add(1, 2, scenario.clock.now())
    assert [await maker.step(fence) for _ in range(3)] == [0, 0, 0]
    for member in (3, 4):
        await scenario.waiting(member)
    assert await maker.step(fence) == 2


@pytest.mark.parametrize("both_leave", [False, True])
async def test_the_two_of_a_match_that_came_to_nothing_are_not_matched_within_the_hour(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch, both_leave: bool
) -> None:
    """Neither when one is requeued, nor when both search again at once; the store is not asked in vain.

    When the hour is over while both wait, they are matched.
    """
    await open_server(scenario.store)
    maker, fence = make_matchmaker(scenario.store, scenario.clock), await scenario.fence()
    for member in (1, 2):
        await scenario.waiting(member)
    assert await maker.step(fence) == 1
    for member in (1, 2) if both_leave else (1,):
        await leave(scenario, member)
        await scenario.waiting(member)
    asked: list[str] = []
    create = scenario.store.matches.create

    async def count_and_create(match: NewMatch, *, fence: Fence) -> bool:
        asked.append(match.id)
        return await create(match, fence=fence)

    monkeypatch.setattr(scenario.store.matches, "create", count_and_create)
    assert await maker.step(await scenario.fence()) == 0
    ended_at = scenario.clock.now() + UNDO_FOR
    scenario.clock.set(ended_at)
    await make_janitor(scenario.store, scenario.clock).step(await scenario.fence("janitor"))
    assert len(await scenario.waiting_tickets()) == 2
    for minutes in (0, 1, 4):
        scenario.clock.set(ended_at + timedelta(minutes=minutes))
        assert await maker.step(await scenario.fence()) == 0
    for member in (1, 2):
        await scenario.store.tickets.stop_waiting(member, scenario.clock.now())
    scenario.clock.set(ended_at + APART_FOR - timedelta(minutes=5))
    for member in (1, 2):
        await scenario.waiting(member)
    for seconds, matches in ((0, 0), (299, 0), (300, 1)):
        scenario.clock.set(ended_at + APART_FOR - timedelta(seconds=300 - seconds))
        assert await maker.step(await scenario.fence()) == matches
    assert len(asked) == 1


async def leave(scenario: Scenario, member_id: int) -> None:
    """Give up the member's live seat."""
    seat = await scenario.store.matches.find_by_member(member_id)
    assert seat is not None
    await scenario.store.browser_sessions.leave_seat(seat.own.id, scenario.clock.now())


@pytest.mark.parametrize(("blocker", "blocked"), [(1, 2), (2, 1)])
async def test_a_block_removed_while_both_wait(scenario: Scenario, blocker: int, blocked: int) -> None:
    """The two can meet at once, whoever of them had set the block."""
    await open_server(scenario.store)
    maker, fence = make_matchmaker(scenario.store, scenario.clock), await scenario.fence()
    await scenario.store.blocks.add(blocker, blocked, scenario.clock.now())
    for member in (1, 2):
        await scenario.waiting(member)
    assert [await maker.step(fence) for _ in range(2)] == [0, 0]
    await scenario.store.blocks.remove(blocker, blocked)
    assert await maker.step(fence) == 1


async def test_a_pair_that_the_store_refuses_returns_to_the_queue(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A block set between decision and record: no match, the engine learns of the block, and both can meet others."""
    await open_server(scenario.store)
    maker, fence = make_matchmaker(scenario.store, scenario.clock), await scenario.fence()
    create = scenario.store.matches.create

    async def block_first(match: NewMatch, *, fence: Fence) -> bool:
        await scenario.store.blocks.add(1, 2, scenario.clock.now())
        return await create(match, fence=fence)

    for member in (1, 2):
        await scenario.waiting(member)
    with monkeypatch.context() as blocking:
        blocking.setattr(scenario.store.matches, "create", block_first)
        assert await maker.step(fence) == 0
    assert [await maker.step(fence) for _ in range(2)] == [0, 0]
    for member in (3, 4):
        await scenario.waiting(member)
    assert await maker.step(fence) == 2


async def test_leading_again_starts_the_queue_over(scenario: Scenario) -> None:
    """Under a new fence a new engine gets everybody who waits."""
    await open_server(scenario.store)
    maker = make_matchmaker(scenario.store, scenario.clock)
    await scenario.waiting(1)
    assert await maker.step(await scenario.fence()) == 0
    scenario.clock.set(scenario.clock.now() + LEASE_LENGTH)
    await scenario.waiting(2)
    assert await maker.step(await scenario.fence()) == 1


async def test_a_new_leader_knows_recent_arrivals(scenario: Scenario) -> None:
    """On a busy server it does not accept the first poor pair, although it saw none of the arrivals itself."""
    await open_server(scenario.store)
    for number in range(60):
        await scenario.waiting(100 + number)
        await scenario.store.tickets.stop_waiting(100 + number, scenario.clock.now())
        scenario.clock.pass_time(seconds=30)
    one = await scenario.waiting(1, subject="Maths", style=Style.QUIET, level=Level.BEGINNER)
    await scenario.waiting(2, subject="Art", style=Style.TALK, level=Level.ADVANCED)
    assert await make_matchmaker(scenario.store, scenario.clock).step(await scenario.fence()) == 0
    scenario.clock.set(one.expires_at - timedelta(seconds=1))
    assert await make_matchmaker(scenario.store, scenario.clock).step(await scenario.fence()) == 1


async def test_a_takeover_that_fails_is_repeated(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the store fails while a new leader reads recent arrivals, its next step reads them again."""
    maker, fence, reads = make_matchmaker(scenario.store, scenario.clock), await scenario.fence(), 0
    read = scenario.store.tickets.recently_ended

    async def fail_once(since: datetime, *, limit: int) -> Sequence[Ticket]:
        nonlocal reads
        reads += 1
        if reads == 1:
            raise StoreUnavailable("away")
        return await read(since, limit=limit)

    monkeypatch.setattr(scenario.store.tickets, "recently_ended", fail_once)
    with pytest.raises(StoreUnavailable):
        await maker.step(fence)
    for _ in range(2):
        await maker.step(fence)
    assert reads == 2


async def test_a_failed_round_is_followed_by_a_new_queue(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the engine was doing when it failed is forgotten with it, and everybody is matched."""
    await open_server(scenario.store)
    maker, fence = make_matchmaker(scenario.store, scenario.clock), await scenario.fence()
    for member in (1, 2):
        await scenario.waiting(member)

    def fail(_: Engine, __: float) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as once:
        once.setattr(Engine, "prepare_assignment", fail)
        with pytest.raises(ZeroDivisionError):
            await maker.step(fence)
    failed = maker._queue.engine
    assert await maker.step(fence) == 1
    assert maker._queue.engine is not failed


async def test_arrivals_of_the_future_teach_nothing(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are from a clock that was ahead."""
    past = await scenario.waiting(1)
    scenario.clock.correct(hours=1)
    await scenario.waiting(2)
    for member in (1, 2):
        await scenario.store.tickets.stop_waiting(member, scenario.clock.now())
    scenario.clock.correct(minutes=-50)
    learned: list[str] = []
    monkeypatch.setattr(
        Engine, "record_past_arrivals", lambda _, tickets: learned.extend(ticket.id for ticket in tickets)
    )
    await make_matchmaker(scenario.store, scenario.clock).step(await scenario.fence())
    assert learned == [past.id]
