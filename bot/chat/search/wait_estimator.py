"""How long a ticket is expected to wait, judged by recent tickets of its pool.

A replay of a pool costs as much as many commands. Whoever asks while one is running shares the next, so that a rush
costs a few replays and not one for each member.
"""

import asyncio
from collections.abc import Sequence

from bot.clock import Clock
from bot.domain.ticket import Ticket
from bot.matching.fit import Weights
from bot.matching.wait_estimate import WaitEstimate
from bot.matching.wait_replay import MAX_REPLAYED, REPLAY_WINDOW, estimate_waits_by_replay
from bot.store.tickets import Tickets

Question = tuple[Ticket, "asyncio.Future[WaitEstimate | None]"]


class WaitEstimator:
    """Estimates waits. `weights` are those of the matchmaker."""

    def __init__(self, tickets: Tickets, weights: Weights, clock: Clock) -> None:
        self._tickets = tickets
        self._weights = weights
        self._clock = clock
        self._asked: dict[str, list[Question]] = {}  # by pool: those who wait for the next replay
        self._replaying: dict[str, asyncio.Task[None]] = {}

    async def estimate(self, ticket: Ticket) -> WaitEstimate | None:
        """The estimate for a waiting ticket, or None if there is none. Raises StoreUnavailable."""
        answer: asyncio.Future[WaitEstimate | None] = asyncio.get_running_loop().create_future()
        self._asked.setdefault(ticket.pool, []).append((ticket, answer))
        if ticket.pool not in self._replaying:
            work = self._answer_all(ticket.pool)
            self._replaying[ticket.pool] = asyncio.create_task(work, name=f"wait estimates of {ticket.pool}")
        return await answer

    async def _answer_all(self, pool: str) -> None:
        try:
            while asked := self._asked.pop(pool, ()):
                await self._answer(pool, asked)
        finally:
            del self._replaying[pool]

    async def _answer(self, pool: str, asked: Sequence[Question]) -> None:
        try:
            estimates = await self._replay(pool, [ticket for ticket, _ in asked])
        except Exception as error:  # noqa: BLE001  # raised where it was asked
            for _, answer in asked:
                if not answer.done():
                    answer.set_exception(error)
            return
        for (_, answer), estimate in zip(asked, estimates, strict=True):
            if not answer.done():
                answer.set_result(estimate)

    async def _replay(self, pool: str, tickets: Sequence[Ticket]) -> Sequence[WaitEstimate | None]:
        now = self._clock.now()
        recent = await self._tickets.recent_in_pool(pool, now - REPLAY_WINDOW, limit=MAX_REPLAYED)
        # In a thread, because it would block the event loop for too long.
        return await asyncio.to_thread(estimate_waits_by_replay, tickets, recent, weights=self._weights, now=now)
