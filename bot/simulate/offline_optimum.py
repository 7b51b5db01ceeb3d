"""The offline optimum: the greatest value that a day could have had, with all arrivals and departures known."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from bot.matching.assignment import AssignmentProblem, solve_assignment
from bot.matching.fit_table import Floats, Ints, build_fit_table
from bot.matching.pool import Pool
from bot.simulate.market import Arrival, Market, match_value

MAX_TICKETS: Final = 10_000  # takes 20 s at two a minute in one pool, 70 s at eight; beyond that it takes minutes
PRESENT: Final = 1
VALUE_STEP: Final = 1e-5  # the solver takes whole numbers: the optimum is exact to half of this for each pair


@dataclass(frozen=True, kw_only=True, slots=True)
class OfflineOptimum:
    """The greatest total value of a day, and the number of members it matches."""

    value: float
    matched: int


def offline_optimum(market: Market, arrivals: Sequence[Arrival]) -> OfflineOptimum:
    """The matching of greatest total value among all pairs whose waiting times overlap.

    Each pair is made when the later of its two arrives. `arrivals` are in the order of their times.
    """
    pools: dict[str, list[Arrival]] = defaultdict(list)
    for arrival in arrivals:
        pools[arrival.ticket.pool].append(arrival)
    optima = [_pool_optimum(market, pool) for pool in pools.values()]
    return OfflineOptimum(value=sum(each.value for each in optima), matched=sum(each.matched for each in optima))


def _pool_optimum(market: Market, arrivals: Sequence[Arrival]) -> OfflineOptimum:
    edges = list(_edges(market, arrivals))
    if not edges:
        return OfflineOptimum(value=0.0, matched=0)
    first, second, values = (np.concatenate(column) for column in zip(*edges, strict=True))
    nodes = np.arange(len(arrivals))
    steps = (values / VALUE_STEP).astype(np.int64)
    problem = AssignmentProblem(slots=nodes, versions=nodes, first=first, second=second, fits=values, weights=steps)
    chosen = solve_assignment(problem)
    return OfflineOptimum(value=float(steps[chosen].sum()) * VALUE_STEP, matched=2 * len(chosen))


def _edges(market: Market, arrivals: Sequence[Arrival]) -> Iterator[tuple[Ints, Ints, Floats]]:
    """For each ticket: itself, those who arrived while it waited, and the values of these matches if positive."""
    arrived_at = np.array([arrival.arrives_at for arrival in arrivals])
    pool, positions = _fill_pool(market, arrivals)
    for position, arrival in enumerate(arrivals):
        later = slice(position + 1, int(np.searchsorted(arrived_at, arrival.leaves_at)))
        fits = pool.fits_of(position, later)
        for partner in market.related_members(arrival.ticket.member_id):
            for other in positions.get(partner, ()):
                if later.start <= other < later.stop:
                    fits[other - later.start] = market.fit(arrival.ticket, arrivals[other].ticket)
        values = match_value(fits, arrived_at[later] - arrival.arrives_at)
        others = np.flatnonzero((fits > 0) & (values > 0))
        yield np.full(len(others), position), others + later.start, values[others]


def _fill_pool(market: Market, arrivals: Sequence[Arrival]) -> tuple[Pool, Mapping[int, Sequence[int]]]:
    """One pool with all tickets, as if they were present together, and the positions of each member's tickets."""
    pool = Pool(build_fit_table(market.weights))
    positions: dict[int, list[int]] = defaultdict(list)
    for position, arrival in enumerate(arrivals):
        if pool.is_full():
            pool.compact()
        pool.add(arrival.ticket, slot=PRESENT, arrived_at=0.0)
        positions[arrival.ticket.member_id].append(position)
    return pool, positions
