"""Rules to compare the engine with: simple ones, as others use them. Each looks at all who wait every five seconds."""

import math
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from bot.domain.ticket import Ticket
from bot.matching.assignment import AssignmentProblem, solve_assignment
from bot.matching.engine import Pair
from bot.matching.fit import History
from bot.matching.fit_table import Floats
from bot.simulate.market import Market

TICK_S: Final = 5.0
SCALE: Final = 10_000

WIDEST_FIT: Final = 0.8  # what a pair must fit at first …
WIDENED_S: Final = 240.0  # … and nothing after so long a wait

LOAD_MEMORY_S: Final = 1800.0
LOAD_SPAN_AT_LEAST_S: Final = 120.0
LOAD_WORTH: Final = 0.8
LOAD_TURNOVER: Final = 4.0
LOAD_BONUS: Final = 0.15


class Room:
    """Those who wait in one pool, in the order they came, with their fits; and when people came lately."""

    def __init__(self) -> None:
        self.tickets: list[Ticket] = []
        self.fits = np.zeros((0, 0))
        self.came: deque[float] = deque()

    def add(self, ticket: Ticket, market: Market) -> None:
        """Somebody comes."""
        row = np.array([market.fit(ticket, other) for other in self.tickets])
        self.fits = np.pad(self.fits, (0, 1))
        self.fits[-1, :-1] = self.fits[:-1, -1] = row
        self.tickets.append(ticket)
        self.came.append(ticket.waiting_since.timestamp())

    def remove(self, places: Sequence[int]) -> None:
        """These go."""
        self.tickets = [ticket for place, ticket in enumerate(self.tickets) if place not in places]
        self.fits = np.delete(np.delete(self.fits, places, axis=0), places, axis=1)

    def since(self) -> Floats:
        """When each came."""
        return np.array([ticket.waiting_since.timestamp() for ticket in self.tickets])

    def left(self, now: float) -> Floats:
        """The patience of each after the next look."""
        ends = np.array([ticket.expires_at.timestamp() for ticket in self.tickets])
        return np.maximum(0.0, ends - now - TICK_S)


Choose = Callable[[Room, float], Sequence[tuple[int, int]]]


class Baseline:
    """A decider that lets a rule choose pairs in each pool, at every tick from the first arrival on."""

    def __init__(self, market: Market, choose: Choose) -> None:
        self._market = market
        self._choose = choose
        self._rooms: dict[str, Room] = {}
        self._pools: dict[str, str] = {}  # by ticket
        self._next: float | None = None

    def add_history(self, history: History) -> None:
        """The market knows."""

    def add_ticket(self, ticket: Ticket) -> None:
        comes = ticket.waiting_since.timestamp()
        self._next = comes + TICK_S if self._next is None else self._next
        self._next += TICK_S * max(0, math.ceil((comes - self._next) / TICK_S))
        self._rooms.setdefault(ticket.pool, Room()).add(ticket, self._market)
        self._pools[ticket.id] = ticket.pool

    def remove_ticket(self, ticket_id: str) -> None:
        room = self._rooms[self._pools.pop(ticket_id)]
        room.remove([place for place, ticket in enumerate(room.tickets) if ticket.id == ticket_id])

    def estimate_wait(self, ticket_id: str, now: float) -> None:
        """A simple rule promises nothing."""

    def next_decision_at(self) -> float:
        return math.inf if self._next is None else self._next

    def decide(self, now: float) -> Sequence[Pair]:
        self._next = now + TICK_S
        return [pair for room in self._rooms.values() if len(room.tickets) > 1 for pair in self._pairs(room, now)]

    def _pairs(self, room: Room, now: float) -> Sequence[Pair]:
        chosen = self._choose(room, now)
        pairs = [Pair(a=room.tickets[a], b=room.tickets[b], fit=float(room.fits[a, b])) for a, b in chosen]
        room.remove([place for pair in chosen for place in pair])
        for pair in pairs:
            del self._pools[pair.a.id], self._pools[pair.b.id]
        return pairs


def anyone_at_once(room: Room, now: float) -> Sequence[tuple[int, int]]:
    """Each in turn gets the first in the line whom they may meet."""
    del now
    pairs: list[tuple[int, int]] = []
    free = np.ones(len(room.tickets), np.bool_)
    for place in range(len(free)):
        others = np.flatnonzero(free[place + 1 :] & (room.fits[place, place + 1 :] > 0))
        if free[place] and len(others):
            pairs.append((place, place + 1 + int(others[0])))
            free[list(pairs[-1])] = False
    return pairs


def best_pair_at_once(room: Room, now: float) -> Sequence[tuple[int, int]]:
    """The pairs of greatest total fit."""
    del now
    return _heaviest(2 * room.fits)


def widening(room: Room, now: float) -> Sequence[tuple[int, int]]:
    """As game matchmakers do: a pair must fit well at first, and ever less as the one who came first waits."""
    waited = now - room.since()
    floor = WIDEST_FIT * np.maximum(0.0, 1 - np.maximum(waited[:, None], waited) / WIDENED_S)
    return _heaviest(np.where(room.fits >= floor, 2 * room.fits, 0.0))


def load_adaptive(room: Room, now: float) -> Sequence[tuple[int, int]]:
    """A fifteen-line rule: more is asked of a pair the more people come and the more patience its two have."""
    while room.came and room.came[0] <= now - LOAD_MEMORY_S:
        room.came.popleft()
    span = max(LOAD_SPAN_AT_LEAST_S, now - room.came[0]) if room.came else LOAD_SPAN_AT_LEAST_S
    keep = LOAD_WORTH * (1 - np.exp(-len(room.came) / span * room.left(now) / LOAD_TURNOVER))
    return _heaviest(np.where(room.fits > 0, 2 * room.fits + LOAD_BONUS - keep[:, None] - keep, 0.0))


BEST_AT_ONCE: Final = "best pair at once"
LOAD_ADAPTIVE: Final = "load-adaptive"
BASELINES: Final[Mapping[str, Choose]] = {
    "anyone at once": anyone_at_once,
    BEST_AT_ONCE: best_pair_at_once,
    "widening": widening,
    LOAD_ADAPTIVE: load_adaptive,
}


def _heaviest(weights: Floats) -> Sequence[tuple[int, int]]:
    first, second = np.nonzero(np.triu(weights) > 0)
    if not len(first):
        return []
    worth = weights[first, second]
    people = np.arange(len(weights))
    chosen = solve_assignment(
        AssignmentProblem(
            slots=people,
            versions=people,
            first=first,
            second=second,
            fits=worth,
            weights=(SCALE * worth).astype(np.int64) + 1,
        )
    )
    return list(zip(first[chosen].tolist(), second[chosen].tolist(), strict=True))
