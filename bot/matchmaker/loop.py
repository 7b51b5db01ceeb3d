"""The matchmaker's loop: sync the queue with the store, let the engine choose pairs, record the matches.

Who is paired is `bot.matching.engine`'s decision; the store makes sure that nobody sits in two matches.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

from bot.clock import Clock
from bot.leader_loop import LeaderLoop, Leadership
from bot.matching.engine import Engine, Pair
from bot.matching.fit import Weights
from bot.matchmaker.new_match import new_match
from bot.matchmaker.queue_sync import QueueSync
from bot.matchmaker.solver import Solver
from bot.matchmaker.yield_gil import YieldGil
from bot.store.blocks import Blocks
from bot.store.database import Listener
from bot.store.last_meetings import LastMeetings
from bot.store.leases import Fence
from bot.store.matches import Matches
from bot.store.tickets import Tickets

LONGEST_WAIT_S: Final = 2.0
SHORTEST_WAIT_S: Final = 0.1
MATCHES_PER_BATCH: Final = 25  # recorded at once; other tasks run between two batches


class Matchmaker:
    """Pairs waiting members at each arrival, and whenever the engine wants to decide again, while it leads."""

    def __init__(
        self,
        *,
        tickets: Tickets,
        matches: Matches,
        blocks: Blocks,
        last_meetings: LastMeetings,
        leadership: Leadership,
        clock: Clock,
        listener: Listener,
        link_key: bytes,
        weights: Weights,
        solver: Solver,
    ) -> None:
        self._tickets = tickets
        self._matches = matches
        self._blocks = blocks
        self._last_meetings = last_meetings
        self._leadership = leadership
        self._clock = clock
        self._listener = listener
        self._link_key = link_key
        self._weights = weights
        self._solver = solver
        self._fence: Fence | None = None
        self._queue: QueueSync | None = None

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
        queue = await self._synced_queue(fence)
        pairs = await self._choose_pairs(queue.engine)
        for pair in pairs:
            queue.forget(pair.a, pair.b)
        recorded = 0
        for start in range(0, len(pairs), MATCHES_PER_BATCH):
            recorded += await self._record(pairs[start : start + MATCHES_PER_BATCH], fence)
        return recorded

    async def _synced_queue(self, fence: Fence) -> QueueSync:
        """The queue as the store has it now; a new leader starts with a new engine."""
        if self._queue is None or self._fence != fence:
            self._queue = self._new_queue()
            self._fence = fence
            await self._queue.load_recent_arrivals(self._clock.now())
        await self._queue.sync()
        return self._queue

    def _new_queue(self) -> QueueSync:
        engine = Engine(weights=self._weights, pause=YieldGil(asyncio.get_running_loop()))
        return QueueSync(engine=engine, tickets=self._tickets, blocks=self._blocks, last_meetings=self._last_meetings)

    async def _choose_pairs(self, engine: Engine) -> Sequence[Pair]:
        # In other threads and processes, so that the event loop stays free while a large pool is computed.
        problem = await asyncio.to_thread(engine.prepare_assignment, self._clock.now().timestamp())
        if problem is None:
            return []
        return await asyncio.to_thread(engine.commit_assignment, problem, await self._solver.solve(problem))

    async def _record(self, pairs: Sequence[Pair], fence: Fence) -> int:
        matches = [new_match(pair, clock=self._clock, link_key=self._link_key) for pair in pairs]
        return sum(await asyncio.gather(*(self._matches.create(match, fence=fence) for match in matches)))

    async def _seconds_to_next_decision(self) -> float:
        if self._queue is None:
            return LONGEST_WAIT_S
        return max(SHORTEST_WAIT_S, self._queue.engine.next_decision_at() - self._clock.now().timestamp())
