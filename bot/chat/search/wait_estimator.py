"""How long a ticket is expected to wait, judged by recent tickets of its pool."""

import asyncio

from bot.clock import Clock
from bot.domain.ticket import Ticket
from bot.matching.fit import Weights
from bot.matching.wait_estimate import WaitEstimate
from bot.matching.wait_replay import MAX_REPLAYED, REPLAY_WINDOW, estimate_wait_by_replay
from bot.store.tickets import Tickets


class WaitEstimator:
    """Estimates waits. `weights` are those of the matchmaker."""

    def __init__(self, tickets: Tickets, weights: Weights, clock: Clock) -> None:
        self._tickets = tickets
        self._weights = weights
        self._clock = clock

    async def estimate(self, ticket: Ticket) -> WaitEstimate | None:
        """The estimate for a waiting ticket, or None if there is none."""
        now = self._clock.now()
        recent = await self._tickets.recent_in_pool(ticket.pool, now - REPLAY_WINDOW, limit=MAX_REPLAYED)
        # In a thread, because it would block the event loop for too long.
        return await asyncio.to_thread(estimate_wait_by_replay, ticket, recent, weights=self._weights, now=now)
