"""What one who waits may expect, from nothing but who came to the pool lately: for whoever is not the matchmaker."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.domain.ticket import RecentTicket, Ticket
from bot.matching.engine import Engine
from bot.matching.fit import Weights
from bot.matching.reservation import FORGOTTEN_S, REMEMBERED
from bot.matching.wait_estimate import Outlook

LOOKED_BACK: Final = timedelta(seconds=FORGOTTEN_S)
MOST: Final = REMEMBERED  # who came before those tells nothing more


def prospect(ticket: Ticket, came: Sequence[RecentTicket], *, weights: Weights, now: datetime) -> Outlook | None:
    """What `ticket` may expect; None once its patience is over.

    `came` are the last who came to its pool, in that order. Nobody is told of blocks, so nothing here tells of them.
    """
    engine = Engine(weights=weights)
    engine.recall([each.ticket for each in came if not each.is_waiting])
    for each in came:
        if each.is_waiting:
            engine.arrive(each.ticket)
    engine.arrive(ticket)
    engine.prepare(now.timestamp())
    return engine.outlook(ticket.id, now.timestamp())
