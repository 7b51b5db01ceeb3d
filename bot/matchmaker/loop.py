"""The loop: what the store's line says, whom the engine puts together, and the matches that come of it.

Whom to put together is `bot.matching.engine`'s decision; that nobody sits twice, the store's.
"""

import asyncio
from collections.abc import Sequence

from bot.clock import Clock
from bot.leader_loop import Leadership, lead
from bot.matching.engine import Engine, Pair
from bot.matching.fit import Weights
from bot.matchmaker.new_match import Arrangement
from bot.matchmaker.queue_sync import Line
from bot.matchmaker.solver import Solver
from bot.matchmaker.yield_gil import Turn
from bot.store.blocks import Blocks
from bot.store.database import Listener
from bot.store.last_meetings import LastMeetings
from bot.store.leases import Fence
from bot.store.matches import Matches
from bot.store.tickets import Tickets

LONGEST_REST = 2.0  # seconds: a lease wants renewing every three
SHORTEST_REST = 0.1
AT_ONCE = 25  # so many matches are recorded in one go, so that others get their turn


class Matchmaker:
    """Pairs those who wait, at each arrival and whenever the engine wants to look again, while it leads."""

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
        self._weights = weights
        self._solver = solver
        self._arrange = Arrangement(clock=clock, link_key=link_key)
        self._fence: Fence | None = None
        self._line: Line | None = None

    async def run(self) -> None:
        """Pair until cancelled."""
        try:
            await lead(self._leadership, self.step, listener=self._listener, tick=self._rest)
        finally:
            await self._solver.close()

    def _rest(self) -> float:
        if self._line is None:
            return LONGEST_REST
        until = self._line.engine.next_decision_at() - self._clock.now().timestamp()
        return min(max(SHORTEST_REST, until), LONGEST_REST)

    async def step(self, fence: Fence) -> int:
        """One round over all pools; how many matches it made."""
        line = await self._followed(fence)
        pairs = await self._decide(line.engine)
        for pair in pairs:
            line.ask_again(pair.a, pair.b)
        made = 0
        for start in range(0, len(pairs), AT_ONCE):
            made += await self._record(pairs[start : start + AT_ONCE], fence)
        return made

    async def _followed(self, fence: Fence) -> Line:
        """The line as the store has it now; a new leader begins a new one."""
        if self._line is None or self._fence != fence:
            engine = Engine(weights=self._weights, pause=Turn(asyncio.get_running_loop()))
            self._line = Line(
                engine=engine, tickets=self._tickets, blocks=self._blocks, last_meetings=self._last_meetings
            )
            self._fence = fence
            await self._line.recall(self._clock.now())
        await self._line.follow()
        return self._line

    async def _decide(self, engine: Engine) -> Sequence[Pair]:
        # Away from the loop: nobody else waits while a large hall is looked at.
        problem = await asyncio.to_thread(engine.prepare_assignment, self._clock.now().timestamp())
        if problem is None:
            return []
        return await asyncio.to_thread(engine.commit_assignment, problem, await self._solver.solve(problem))

    async def _record(self, pairs: Sequence[Pair], fence: Fence) -> int:
        return sum(await asyncio.gather(*(self._matches.create(self._arrange(pair), fence=fence) for pair in pairs)))
