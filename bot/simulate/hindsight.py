"""The hindsight optimum: what a day would have been worth, had everyone's future been known."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from bot.matching.assignment import AssignmentProblem, solve_assignment
from bot.matching.fit_table import Floats, Ints, build_fit_table
from bot.matching.pool import Pool
from bot.simulate.market import Arrival, Market, value

LARGEST: Final = 10_000  # tickets; in one pool that takes 20 s at two a minute, 70 s at eight; more takes minutes
HERE: Final = 1
STEP: Final = 1e-5  # of a value; the optimum is exact to half of it a pair


@dataclass(frozen=True, kw_only=True, slots=True)
class Optimum:
    """What could have been had, and by how many members."""

    value: float
    matched: int


def hindsight(market: Market, arrivals: Sequence[Arrival]) -> Optimum:
    """The matching of greatest value over all pairs whose waiting times overlap, each made when the later one comes."""
    pools: dict[str, list[Arrival]] = defaultdict(list)
    for arrival in arrivals:
        pools[arrival.ticket.pool].append(arrival)
    made = [_of_pool(market, pool) for pool in pools.values()]
    return Optimum(value=sum(each.value for each in made), matched=sum(each.matched for each in made))


def _of_pool(market: Market, arrivals: Sequence[Arrival]) -> Optimum:
    edges = list(_edges(market, arrivals))
    if not edges:
        return Optimum(value=0.0, matched=0)
    first, second, worth = (np.concatenate(column) for column in zip(*edges, strict=True))
    people = np.arange(len(arrivals))
    steps = (worth / STEP).astype(np.int64)
    posed = AssignmentProblem(slots=people, versions=people, first=first, second=second, fits=worth, weights=steps)
    chosen = solve_assignment(posed)
    return Optimum(value=float(steps[chosen].sum()) * STEP, matched=2 * len(chosen))


def _edges(market: Market, arrivals: Sequence[Arrival]) -> Iterator[tuple[Ints, Ints, Floats]]:
    """For each ticket those who came while it was there, and what a match with them was worth, if anything."""
    comes = np.array([arrival.comes for arrival in arrivals])
    pool, places = _together(market, arrivals)
    for place, arrival in enumerate(arrivals):
        later = slice(place + 1, int(np.searchsorted(comes, arrival.ends)))
        fits = pool.fits_of(place, later)
        for partner in market.partners(arrival.ticket.member_id):
            for other in places.get(partner, ()):
                if later.start <= other < later.stop:
                    fits[other - later.start] = market.fit(arrival.ticket, arrivals[other].ticket)
        worth = value(fits, comes[later] - arrival.comes)
        others = np.flatnonzero((fits > 0) & (worth > 0))
        yield np.full(len(others), place), others + later.start, worth[others]


def _together(market: Market, arrivals: Sequence[Arrival]) -> tuple[Pool, Mapping[int, Sequence[int]]]:
    """All in one pool, as if they were there at once; and the places of each member."""
    pool = Pool(build_fit_table(market.weights))
    places: dict[int, list[int]] = defaultdict(list)
    for place, arrival in enumerate(arrivals):
        if pool.is_full():
            pool.compact()
        pool.add(arrival.ticket, slot=HERE, came=0.0)
        places[arrival.ticket.member_id].append(place)
    return pool, places
