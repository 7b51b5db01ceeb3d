"""The matchmaker's loop: sync the queue with the store, let the engine choose pairs, record the matches.

Who is paired is `bot.matching.engine`'s decision; the store makes sure that nobody is in two matches.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Final

from bot.clock import Clock
from bot.leader_loop import LeaderLoop, Leadership
from bot.matching.engine import Engine, Pair
from bot.matchmaker.new_match import new_match
from bot.matchmaker.queue_sync import QueueSync
from bot.matchmaker.solver import Solver
from bot.store.database import Listener
from bot.store.leases import Fence
from bot.store.matches import Matches, NewMatch

LONGEST_WAIT_S: Final = 2.0
SHORTEST_WAIT_S: Final = 0.1
MATCHES_PER_BATCH: Final = 25  # recorded concurrently; other tasks run between two batches

log = logging.getLogger(__name__)


class Matchmaker:
    """Pairs waiting members at each arrival and whenever the engine asks for a decision, while it leads."""

    def __init__(
        self,
        *,
        queue: QueueSync,
        matches: Matches,
        leadership: Leadership,
        clock: Clock,
        listener: Listener,
        link_key: bytes,
        solver: Solver,
    ) -> None:
        self._queue = queue
        self._matches = matches
        self._leadership = leadership
        self._clock = clock
        self._listener = listener
        self._link_key = link_key
        self._solver = solver
        self._fence: Fence | None = None  # under which the queue was loaded

    async def run(self) -> None:
        """Pair until cancelled; then close the solver."""
        loop = LeaderLoop(
            leadership=self._leadership,
            listener=self._listener,
            step=self.step,
            seconds_to_next=self._seconds_to_next_decision,
            poll_every=LONGEST_WAIT_S,
        )
        try:
            await loop.run()
        finally:
            await self._solver.close()

    async def step(self, fence: Fence) -> int:
        """Decide once over all pools and record the matches; returns how many were recorded.

        Raises LostLease when `fence` is no longer the leader's, and StoreUnavailable.
        """
        try:
            await self._sync_queue(fence)
            pairs = await self._choose_pairs(self._queue.engine)
        except Exception:
            self._fence = None  # the queue may be half updated: load it from scratch next time
            raise
        for pair in pairs:
            self._queue.forget(pair.a, pair.b)
        recorded = 0
        for start in range(0, len(pairs), MATCHES_PER_BATCH):
            recorded += await self._record(pairs[start : start + MATCHES_PER_BATCH], fence)
        return recorded

    async def _sync_queue(self, fence: Fence) -> None:
        """Synchronize the queue with the store; a new leader loads it from scratch."""
        if self._fence != fence:
            await self._queue.restart(self._clock.now())
            self._fence = fence
        await self._queue.sync(self._clock.now())

    async def _choose_pairs(self, engine: Engine) -> Sequence[Pair]:
        # In other threads and processes, so that the event loop stays responsive while a large pool is computed.
        problem = await asyncio.to_thread(engine.prepare_assignment, self._clock.now().timestamp())
        if problem is None:
            return []
        return await asyncio.to_thread(engine.commit_assignment, problem, await self._solver.solve(problem))

    async def _record(self, pairs: Sequence[Pair], fence: Fence) -> int:
        matches = [new_match(pair, clock=self._clock, link_key=self._link_key) for pair in pairs]
        return sum(await asyncio.gather(*(self._record_one(match, fence) for match in matches)))

    async def _record_one(self, match: NewMatch, fence: Fence) -> bool:
        is_recorded = await self._matches.create(match, fence=fence)
        if is_recorded:
            first, second = match.seats
            server = first.ticket.server_id
            log.info("matched: match %s, seats %s and %s, server %s", match.id, first.id, second.id, server)
        return is_recorded

    async def _seconds_to_next_decision(self) -> float:
        return max(SHORTEST_WAIT_S, self._queue.engine.next_decision_at() - self._clock.now().timestamp())
