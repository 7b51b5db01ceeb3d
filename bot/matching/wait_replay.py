"""What one who waits may expect, from nothing but who came to the pool lately: for whoever is not the matchmaker."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.domain.ticket import RecentTicket, Ticket
from bot.matching.engine import Engine
from bot.matching.fit import Weights
from bot.matching.reservation import POOL_MEMORY_S, RECENT_ARRIVALS
from bot.matching.wait_estimate import WaitEstimate

REPLAY_WINDOW: Final = timedelta(seconds=POOL_MEMORY_S)
MAX_REPLAYED: Final = RECENT_ARRIVALS  # who came before those tells nothing more


def estimate_wait_by_replay(
    ticket: Ticket, came: Sequence[RecentTicket], *, weights: Weights, now: datetime
) -> WaitEstimate | None:
    """What `ticket` may expect; None once its patience is over.

    `came` are the last who came to its pool, in that order. Nobody is told of blocks, so nothing here tells of them.
    """
    engine = Engine(weights=weights)
    engine.record_past_arrivals([each.ticket for each in came if not each.is_waiting])
    for each in came:
        if each.is_waiting:
            engine.add_ticket(each.ticket)
    engine.add_ticket(ticket)
    engine.prepare_assignment(now.timestamp())
    return engine.estimate_wait(ticket.id, now.timestamp())
