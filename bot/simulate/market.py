"""A market in the engine's terms: who arrives when, with which wishes, and how members are related."""

from collections import defaultdict
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeVar

from bot.domain.ticket import Ticket
from bot.matching.fit import Weights, fit
from bot.matching.fit_table import Floats
from bot.matching.history import History

EPOCH: Final = datetime.fromtimestamp(0, UTC)
"""When every trace starts, so that the engine's timestamps are seconds from the start."""

Number = TypeVar("Number", float, Floats)

WAIT_COST_PER_MINUTE: Final = 0.02  # in units of fit, for each minute that each of the two has waited
MINUTE_S, HOUR_S, DAY_S = 60.0, 3600.0, 86_400.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """A ticket with the times at which it arrives and leaves, in seconds from the start.

    Only the simulator knows `leaves_at`: members may leave silently before their ticket expires.
    """

    ticket: Ticket
    arrives_at: float
    leaves_at: float


class Market:
    """What is known before the day starts: the relations between members, by their ids, and the weights of a fit."""

    def __init__(self, history: History, weights: Weights) -> None:
        self.weights = weights
        self._history = history
        self._related: dict[int, set[int]] = defaultdict(set)
        for one, other in (*history.blocks, *history.favourites, *history.last_meetings):
            self._related[one].add(other)
            self._related[other].add(one)

    def fit(self, a: Ticket, b: Ticket) -> float:
        """The fit of two tickets in [0, 1] as of the start of the trace; 0 if they may not meet."""
        return fit(a, b, history=self._history, weights=self.weights, now=EPOCH)

    def related_members(self, member_id: int) -> AbstractSet[int]:
        """Everybody whom a member has blocked, marked or met, or who has done so to them."""
        return self._related.get(member_id, frozenset())

    def history_with(self, member_id: int, others: AbstractSet[int]) -> History:
        """The relations between a member and `others`, in both directions."""
        pairs = [pair for other in others for pair in ((member_id, other), (other, member_id))]
        known = self._history
        return History(
            blocks=known.blocks & set(pairs),
            favourites=known.favourites & set(pairs),
            last_meetings={pair: known.last_meetings[pair] for pair in pairs if pair in known.last_meetings},
        )


def match_value(fits: Number, waited_s: Number) -> Number:
    """The value of a match with this fit; `waited_s` is the sum of the seconds that its two members have waited."""
    return 2 * fits - WAIT_COST_PER_MINUTE * waited_s / MINUTE_S
