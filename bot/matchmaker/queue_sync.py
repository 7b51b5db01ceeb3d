"""Keep the engine's queue equal to the store's by comparison, so that no change is missed or applied twice."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.domain.ticket import Ticket
from bot.matching.engine import Engine
from bot.matching.fit import Weights
from bot.matching.history import History
from bot.matching.wait_replay import REPLAY_WINDOW
from bot.matchmaker.yield_gil import YieldGil
from bot.store.blocks import Blocks
from bot.store.last_meetings import LastMeetings
from bot.store.tickets import Tickets

MOST_RECENT_ARRIVALS: Final = 5_000  # loaded by a new leader
TICKETS_PER_BATCH: Final = 500  # read in one query; other tasks run between two batches


class QueueSync:
    """Owns the engine and tells it which tickets came, changed and left. Slow engine calls run in a thread."""

    def __init__(self, *, weights: Weights, tickets: Tickets, blocks: Blocks, last_meetings: LastMeetings) -> None:
        self.engine = Engine(weights=weights)
        self._weights = weights
        self._tickets = tickets
        self._blocks = blocks
        self._last_meetings = last_meetings
        self._known_versions: dict[str, int] = {}  # by ticket id: the version that the engine has

    async def restart(self, now: datetime) -> None:
        """Start over with a new engine, which learns its arrival rates from recent tickets that no longer wait.

        The new engine yields to the running event loop while it computes. Raises StoreUnavailable.
        """
        self.engine = Engine(weights=self._weights, pause=YieldGil(asyncio.get_running_loop()))
        self._known_versions.clear()
        recent = await self._tickets.recently_ended(now - REPLAY_WINDOW, limit=MOST_RECENT_ARRIVALS)
        past = [ticket for ticket in recent if ticket.waiting_since <= now]  # others are from a clock that was ahead
        await asyncio.to_thread(self.engine.record_past_arrivals, past)

    async def sync(self, now: datetime) -> None:
        """Apply every difference between the engine's queue and the store's. Raises StoreUnavailable."""
        stored_versions = await self._tickets.waiting_versions(now)
        for ticket_id in self._known_versions.keys() - stored_versions.keys():
            self.engine.remove_ticket(ticket_id)
            del self._known_versions[ticket_id]
        changed = [
            ticket_id
            for ticket_id, version in stored_versions.items()
            if self._known_versions.get(ticket_id) != version
        ]
        for start in range(0, len(changed), TICKETS_PER_BATCH):
            await self._update(await self._tickets.find_waiting(changed[start : start + TICKETS_PER_BATCH]), now)

    def forget(self, *tickets: Ticket) -> None:
        """The engine no longer has these tickets: the next `sync` adds those that still wait, with their history."""
        for ticket in tickets:
            self._known_versions.pop(ticket.id, None)

    async def _update(self, tickets: Sequence[Ticket], now: datetime) -> None:
        members = [ticket.member_id for ticket in tickets]
        history = History(
            blocks=await self._blocks.find_with_waiting(members),
            last_meetings=await self._last_meetings.find_with_waiting(members),
            apart_until=await self._last_meetings.apart_from_waiting(members, now),
        )
        await asyncio.to_thread(self._tell_engine, tickets, history)

    def _tell_engine(self, tickets: Sequence[Ticket], history: History) -> None:
        self.engine.forget_history([ticket.member_id for ticket in tickets])  # a block may have been removed
        self.engine.add_history(history)
        for ticket in tickets:
            self.engine.add_ticket(ticket)
            self._known_versions[ticket.id] = ticket.version
