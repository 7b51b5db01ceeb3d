"""A market in the engine's own terms: who comes when, with which wishes, and what they have to do with each other."""

from collections import defaultdict
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeVar

from bot.domain.ticket import Ticket
from bot.matching.fit import History, Weights, fit
from bot.matching.fit_table import Floats

EPOCH: Final = datetime.fromtimestamp(0, UTC)
"""When a trace starts, so that its seconds are the engine's."""

Number = TypeVar("Number", float, Floats)

WAIT_COST: Final = 0.02  # what a match is worth less for each minute each of the two has waited


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """A ticket, named by its member; when it comes and when its member is gone, in seconds from the start.

    The end is known to the simulator only: members may leave before their patience is over, and tell nobody.
    """

    ticket: Ticket
    comes: float
    ends: float


class Market:
    """What is known beforehand: what members have to do with each other, by their ids."""

    def __init__(self, history: History, weights: Weights) -> None:
        self.weights = weights
        self._history = history
        self._partners: dict[int, set[int]] = defaultdict(set)
        for one, other in (*history.blocks, *history.favourites, *history.last_meetings):
            self._partners[one].add(other)
            self._partners[other].add(one)

    def fit(self, a: Ticket, b: Ticket) -> float:
        """How well two suit each other at the start of the trace; `last_meetings` is told in days before that."""
        return fit(a, b, history=self._history, weights=self.weights, now=EPOCH)

    def partners(self, member_id: int) -> AbstractSet[int]:
        """Everybody a member has to do with."""
        return self._partners.get(member_id, frozenset())

    def history(self, member_id: int, others: AbstractSet[int]) -> History:
        """What a member has to do with these others."""
        pairs = [pair for other in others for pair in ((member_id, other), (other, member_id))]
        known = self._history
        return History(
            blocks=known.blocks & set(pairs),
            favourites=known.favourites & set(pairs),
            last_meetings={pair: known.last_meetings[pair] for pair in pairs if pair in known.last_meetings},
        )


def value(fits: Number, waited: Number) -> Number:
    """What a match is worth, by its fit and the seconds its two have waited, together."""
    return 2 * fits - WAIT_COST * waited / 60
