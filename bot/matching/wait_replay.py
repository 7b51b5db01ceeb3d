"""The wait estimate outside the matchmaker: replays a pool's recent arrivals in an engine of its own."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.domain.ticket import RecentTicket, Ticket
from bot.matching.engine import Engine
from bot.matching.fit import Weights
from bot.matching.reservation import POOL_MEMORY_S, RECENT_ARRIVALS
from bot.matching.wait_estimate import WaitEstimate

REPLAY_WINDOW: Final = timedelta(seconds=POOL_MEMORY_S)
"""Older arrivals are not needed."""
MAX_REPLAYED: Final = RECENT_ARRIVALS
"""How many of a pool's latest arrivals are enough."""


def estimate_waits_by_replay(
    tickets: Sequence[Ticket], recent: Sequence[RecentTicket], *, weights: Weights, now: datetime
) -> Sequence[WaitEstimate | None]:
    """The wait estimate at `now` of each of `tickets`, which are of one pool; None for one that has expired.

    `recent` are the latest arrivals of the pool in order of arrival; `tickets` may be among them. No history is
    passed in, so the estimates cannot reveal a block.
    """
    engine = Engine(weights=weights)
    engine.record_past_arrivals([each.ticket for each in recent if not each.is_waiting])
    for each in recent:
        if each.is_waiting:
            engine.add_ticket(each.ticket)
    for ticket in tickets:
        engine.add_ticket(ticket)
    engine.prepare_assignment(now.timestamp())
    return [engine.estimate_wait(ticket.id, now.timestamp()) for ticket in tickets]
