"""What one who waits may expect, from nothing but who came to the pool lately: for whoever is not the matchmaker."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.pairing.engine import Engine
from bot.pairing.fit import Weights
from bot.pairing.keep import FORGOTTEN_S, REMEMBERED
from bot.pairing.promise import Outlook
from bot.pairing.ticket import Came, Ticket

LOOKED_BACK: Final = timedelta(seconds=FORGOTTEN_S)
MOST: Final = REMEMBERED  # who came before those tells nothing more


def prospect(ticket: Ticket, came: Sequence[Came], *, weights: Weights, now: datetime) -> Outlook | None:
    """What `ticket` may expect; None once its patience is over.

    `came` are the last who came to its pool, in that order. Nobody is told of blocks, so nothing here tells of them.
    """
    engine = Engine(weights=weights)
    engine.recall([each.ticket for each in came if not each.waits])
    for each in came:
        if each.waits:
            engine.arrive(each.ticket)
    engine.arrive(ticket)
    engine.prepare(now.timestamp())
    return engine.outlook(ticket.id, now.timestamp())
