"""The engine's line, kept equal to the store's by comparing the two: no change can be missed, and none comes twice."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.domain.ticket import Ticket
from bot.matching.engine import Engine
from bot.matching.fit import History
from bot.matching.wait_replay import REPLAY_WINDOW
from bot.store.blocks import Blocks
from bot.store.last_meetings import LastMeetings
from bot.store.tickets import Tickets

RECALLED: Final = 5_000  # so many of those who came last a new leader looks at
AT_ONCE: Final = 500  # so many tickets are read in one go, so that others get their turn


class Line:
    """Tells the engine who came, changed and went."""

    def __init__(self, *, engine: Engine, tickets: Tickets, blocks: Blocks, last_meetings: LastMeetings) -> None:
        self.engine = engine
        self._tickets = tickets
        self._blocks = blocks
        self._last_meetings = last_meetings
        self._told: dict[str, int] = {}  # the version of each ticket the engine has, by its id

    async def recall(self, now: datetime) -> None:
        """Tell the engine who came lately and waits no more: by them it knows what to expect."""
        came = await self._tickets.recently_ended(now - REPLAY_WINDOW, limit=RECALLED)
        await asyncio.to_thread(self.engine.record_past_arrivals, came)

    async def follow(self) -> None:
        """Bring the engine's line to where the store's is."""
        line = await self._tickets.waiting_versions()
        for ticket_id in self._told.keys() - line.keys():
            self.engine.remove_ticket(ticket_id)
            del self._told[ticket_id]
        news = [ticket_id for ticket_id, version in line.items() if self._told.get(ticket_id) != version]
        for start in range(0, len(news), AT_ONCE):
            await self._welcome(await self._tickets.find_waiting(news[start : start + AT_ONCE]))

    async def _welcome(self, tickets: Sequence[Ticket]) -> None:
        members = [ticket.member_id for ticket in tickets]
        history = History(
            blocks=await self._blocks.find_with_waiting(members),
            last_meetings=await self._last_meetings.find_with_waiting(members),
        )
        await asyncio.to_thread(self._tell, tickets, history)

    def _tell(self, tickets: Sequence[Ticket], history: History) -> None:
        self.engine.add_history(history)
        for ticket in tickets:
            self.engine.add_ticket(ticket)
            self._told[ticket.id] = ticket.version

    def ask_again(self, *tickets: Ticket) -> None:
        """The engine has these no more; whichever of them the store still has is told anew, with all that is known."""
        for ticket in tickets:
            self._told.pop(ticket.id, None)
