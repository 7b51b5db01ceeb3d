"""In a rush, the wait estimates of a pool are computed together."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest

from bot.chat.search.wait_estimator import WaitEstimator
from bot.domain.ticket import RecentTicket, Ticket
from bot.matching.fit import Weights
from bot.matching.wait_replay import MAX_REPLAYED, REPLAY_WINDOW, estimate_waits_by_replay
from bot.store import Store, StoreUnavailable
from tests.clocks import VirtualClock
from tests.store.scenario import Scenario


class CountingTickets:
    """The tickets of a store, whose reading can be held and can fail; counts the reads."""

    def __init__(self, store: Store) -> None:
        self._tickets = store.tickets
        self.reads: list[str] = []
        self.failures: list[Exception] = []
        self.go_on = asyncio.Event()

    async def recent_in_pool(self, pool: str, since: datetime, *, limit: int) -> Sequence[RecentTicket]:
        self.reads.append(pool)
        await self.go_on.wait()
        if self.failures:
            raise self.failures.pop()
        return await self._tickets.recent_in_pool(pool, since, limit=limit)


def estimator(tickets: CountingTickets, clock: VirtualClock) -> WaitEstimator:
    return WaitEstimator(tickets, Weights(), clock)  # type: ignore[arg-type]  # the one method that is used


async def waiting_tickets(scenario: Scenario, count: int) -> list[Ticket]:
    for member in range(1, count + 1):
        await scenario.waiting(member)
    found = [await scenario.store.tickets.find_by_member(member) for member in range(1, count + 1)]
    return [ticket for ticket in found if ticket is not None]


async def test_those_who_ask_during_a_replay_share_the_next(scenario: Scenario) -> None:
    """Thirty questions cost two replays, and each answer is the one that the ticket would get alone."""
    tickets = await waiting_tickets(scenario, 30)
    counting = CountingTickets(scenario.store)
    made = estimator(counting, scenario.clock)
    asked = [asyncio.create_task(made.estimate(ticket)) for ticket in tickets]
    await asyncio.sleep(0)
    counting.go_on.set()
    answers = await asyncio.gather(*asked)
    assert len(counting.reads) <= 2
    now = scenario.clock.now()
    recent = await scenario.store.tickets.recent_in_pool(tickets[0].pool, now - REPLAY_WINDOW, limit=MAX_REPLAYED)
    alone = [estimate_waits_by_replay([each], recent, weights=Weights(), now=now)[0] for each in tickets]
    assert answers == alone


async def test_pools_do_not_wait_for_each_other(scenario: Scenario) -> None:
    """A question about another pool starts a replay of its own at once."""
    [ticket] = await waiting_tickets(scenario, 1)
    counting = CountingTickets(scenario.store)
    made = estimator(counting, scenario.clock)
    asked = [asyncio.create_task(made.estimate(each)) for each in (ticket, replace(ticket, pool="other"))]
    for _ in range(3):
        await asyncio.sleep(0)
    assert sorted(counting.reads) == sorted([ticket.pool, "other"])
    counting.go_on.set()
    await asyncio.gather(*asked)


async def test_a_failure_is_everybodys_and_ends_with_its_replay(scenario: Scenario) -> None:
    """All who asked get it; the next question is answered."""
    tickets = await waiting_tickets(scenario, 3)
    counting = CountingTickets(scenario.store)
    counting.failures = [StoreUnavailable("locked")]
    made = estimator(counting, scenario.clock)
    asked = [asyncio.create_task(made.estimate(ticket)) for ticket in tickets]
    await asyncio.sleep(0)
    counting.go_on.set()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(answer) for answer in answers] == [StoreUnavailable] * 3
    assert await made.estimate(tickets[0]) is not None


async def test_whoever_gives_up_costs_nobody_an_answer(scenario: Scenario) -> None:
    """A member's question that is cancelled leaves the others."""
    tickets = await waiting_tickets(scenario, 2)
    counting = CountingTickets(scenario.store)
    made = estimator(counting, scenario.clock)
    given_up, kept = (asyncio.create_task(made.estimate(ticket)) for ticket in tickets)
    await asyncio.sleep(0)
    given_up.cancel()
    counting.go_on.set()
    assert await kept is not None
    with pytest.raises(asyncio.CancelledError):
        await given_up
