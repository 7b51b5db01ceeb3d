"""Baselines to compare the engine with: simple, common batching policies that decide every 5 seconds."""

import math
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np

from bot.domain.ticket import Ticket
from bot.matching.assignment import AssignmentProblem, solve_assignment
from bot.matching.engine import Pair
from bot.matching.fit_table import Floats
from bot.matching.history import History
from bot.simulate.market import Market

BATCH_INTERVAL_S: Final = 5.0
WEIGHT_SCALE: Final = 10_000  # the solver takes whole numbers

INITIAL_THRESHOLD: Final = 0.8  # the fit that a new pair needs
WIDENING_S: Final = 240.0  # the wait after which any allowed fit will do

RATE_WINDOW_S: Final = 1800.0
MINIMUM_WINDOW_S: Final = 120.0
MAXIMUM_RESERVATION: Final = 0.8
ARRIVALS_PER_RISE: Final = 4.0  # expected arrivals after which the reservation has risen to 1 - 1/e of its maximum
MATCH_BONUS: Final = 0.15


class WaitingPool:
    """The tickets waiting in one pool, in the order of arrival, with their fits and all recent arrival times."""

    def __init__(self) -> None:
        self.tickets: list[Ticket] = []
        self.fits = np.zeros((0, 0))
        self.arrival_times: deque[float] = deque()

    def add(self, ticket: Ticket, market: Market) -> None:
        """Add a ticket that has just arrived."""
        row = np.array([market.fit(ticket, other) for other in self.tickets])
        self.fits = np.pad(self.fits, (0, 1))
        self.fits[-1, :-1] = self.fits[:-1, -1] = row
        self.tickets.append(ticket)
        self.arrival_times.append(ticket.waiting_since.timestamp())

    def remove(self, positions: Sequence[int]) -> None:
        """Remove the tickets at these positions."""
        self.tickets = [ticket for position, ticket in enumerate(self.tickets) if position not in positions]
        self.fits = np.delete(np.delete(self.fits, positions, axis=0), positions, axis=1)

    def waiting_since(self) -> Floats:
        """When each ticket arrived, in seconds from the start."""
        return np.array([ticket.waiting_since.timestamp() for ticket in self.tickets])

    def patience_left(self, now: float) -> Floats:
        """The seconds of patience each ticket has left after the next batch, at least 0."""
        ends = np.array([ticket.expires_at.timestamp() for ticket in self.tickets])
        return np.maximum(0.0, ends - now - BATCH_INTERVAL_S)


PairChooser = Callable[[WaitingPool, float], Sequence[tuple[int, int]]]
"""Chooses pairs of positions in a pool at a given time, no position twice."""


class BatchingPolicy:
    """A matching policy that has a chooser pick pairs in each pool, every five seconds from the first arrival on."""

    def __init__(self, market: Market, choose: PairChooser) -> None:
        self._market = market
        self._choose = choose
        self._pools: dict[str, WaitingPool] = {}
        self._pool_by_ticket: dict[str, str] = {}
        self._next_batch_at: float | None = None

    def add_history(self, history: History) -> None:
        """Do nothing: the market knows the relations already."""

    def add_ticket(self, ticket: Ticket) -> None:
        """Add a ticket that arrives now; the first one starts the batches."""
        arrived_at = ticket.waiting_since.timestamp()
        batch_at = arrived_at + BATCH_INTERVAL_S if self._next_batch_at is None else self._next_batch_at
        skipped = max(0, math.ceil((arrived_at - batch_at) / BATCH_INTERVAL_S))
        self._next_batch_at = batch_at + BATCH_INTERVAL_S * skipped
        self._pools.setdefault(ticket.pool, WaitingPool()).add(ticket, self._market)
        self._pool_by_ticket[ticket.id] = ticket.pool

    def remove_ticket(self, ticket_id: str) -> None:
        """Remove a ticket whose member has left."""
        pool = self._pools[self._pool_by_ticket.pop(ticket_id)]
        pool.remove([position for position, ticket in enumerate(pool.tickets) if ticket.id == ticket_id])

    def estimate_wait(self, ticket_id: str, now: float) -> None:
        """Return None: baselines estimate no wait."""

    def next_decision_at(self) -> float:
        """When the next batch is due; infinity before the first arrival."""
        return math.inf if self._next_batch_at is None else self._next_batch_at

    def decide(self, now: float) -> Sequence[Pair]:
        """Choose pairs in every pool, remove their tickets, and schedule the next batch."""
        self._next_batch_at = now + BATCH_INTERVAL_S
        return [pair for pool in self._pools.values() if len(pool.tickets) > 1 for pair in self._pair_pool(pool, now)]

    def _pair_pool(self, pool: WaitingPool, now: float) -> Sequence[Pair]:
        chosen = self._choose(pool, now)
        pairs = [Pair(a=pool.tickets[a], b=pool.tickets[b], fit=float(pool.fits[a, b])) for a, b in chosen]
        pool.remove([position for pair in chosen for position in pair])
        for pair in pairs:
            del self._pool_by_ticket[pair.a.id], self._pool_by_ticket[pair.b.id]
        return pairs


def choose_first_come(pool: WaitingPool, now: float) -> Sequence[tuple[int, int]]:
    """First come, first served: each ticket in turn gets the earliest other one that it may meet."""
    del now
    pairs: list[tuple[int, int]] = []
    free = np.ones(len(pool.tickets), np.bool_)
    for position in range(len(free)):
        others = np.flatnonzero(free[position + 1 :] & (pool.fits[position, position + 1 :] > 0))
        if free[position] and len(others):
            pairs.append((position, position + 1 + int(others[0])))
            free[list(pairs[-1])] = False
    return pairs


def choose_greedily(pool: WaitingPool, now: float) -> Sequence[tuple[int, int]]:
    """The pairs of greatest total fit among the waiting tickets, ignoring future arrivals."""
    del now
    return _maximum_weight_pairs(2 * pool.fits)


def choose_by_widening(pool: WaitingPool, now: float) -> Sequence[tuple[int, int]]:
    """As in game matchmaking: the required fit starts high and falls the longer the pair's first member waits."""
    waited = now - pool.waiting_since()
    threshold = INITIAL_THRESHOLD * np.maximum(0.0, 1 - np.maximum(waited[:, None], waited) / WIDENING_S)
    return _maximum_weight_pairs(np.where(pool.fits >= threshold, 2 * pool.fits, 0.0))


def choose_by_load(pool: WaitingPool, now: float) -> Sequence[tuple[int, int]]:
    """A simple reservation: a ticket demands more, the more arrivals it expects before it expires."""
    while pool.arrival_times and pool.arrival_times[0] <= now - RATE_WINDOW_S:
        pool.arrival_times.popleft()
    window = max(MINIMUM_WINDOW_S, now - pool.arrival_times[0]) if pool.arrival_times else MINIMUM_WINDOW_S
    expected = len(pool.arrival_times) / window * pool.patience_left(now)
    reservation = MAXIMUM_RESERVATION * (1 - np.exp(-expected / ARRIVALS_PER_RISE))
    weights = 2 * pool.fits + MATCH_BONUS - reservation[:, None] - reservation
    return _maximum_weight_pairs(np.where(pool.fits > 0, weights, 0.0))


BEST_PAIR_AT_ONCE: Final = "best pair at once"
LOAD_ADAPTIVE: Final = "load-adaptive"
BASELINES: Final[Mapping[str, PairChooser]] = MappingProxyType(
    {
        "anyone at once": choose_first_come,
        BEST_PAIR_AT_ONCE: choose_greedily,
        "widening": choose_by_widening,
        LOAD_ADAPTIVE: choose_by_load,
    }
)
"""Each baseline by the name under which reports show it."""


def _maximum_weight_pairs(weights: Floats) -> Sequence[tuple[int, int]]:
    first, second = np.nonzero(np.triu(weights) > 0)
    if not len(first):
        return []
    edge_weights = weights[first, second]
    nodes = np.arange(len(weights))
    chosen = solve_assignment(
        AssignmentProblem(
            slots=nodes,
            versions=nodes,
            first=first,
            second=second,
            fits=edge_weights,
            weights=(WEIGHT_SCALE * edge_weights).astype(np.int64) + 1,
        )
    )
    return list(zip(first[chosen].tolist(), second[chosen].tolist(), strict=True))
