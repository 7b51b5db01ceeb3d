"""Days to learn from and to be judged on: the usual ones at four rates, others of many kinds, and traces from files."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from math import isnan
from pathlib import Path
from typing import Any, Final

from bot.matching.engine import Engine
from bot.matching.fit import Weights
from bot.matching.reservation import ReservationParams
from bot.simulate.baselines import BASELINES, Baseline
from bot.simulate.figures import Figures, figures
from bot.simulate.hindsight import Optimum, hindsight
from bot.simulate.make import Plan, Shape, make
from bot.simulate.market import Arrival, Market
from bot.simulate.record import Record
from bot.simulate.run import Decider, run
from bot.simulate.trace import read

FRESH: Final = 10_000_000  # seeds from here on are never learned from
RATES: Final = (0.1, 0.5, 2.0, 8.0)  # members a minute
LEARNED_FROM: Final[Mapping[str, Mapping[str, Any]]] = {
    "3 subjects": {"subjects": 3},
    "40 subjects": {"subjects": 40},
    "6 languages": {"languages": 6},
    "patience 2 min": {"patience": 120.0},
    "patience 30 min": {"patience": 1800.0},
    "5 pools": {"pools": 5},
}
"""How days to learn from may differ from the usual."""

JUDGED_ON: Final[Mapping[str, Mapping[str, Any]]] = {
    "1 subject": {"subjects": 1},
    "25 subjects": {"subjects": 25},
    "1 language": {"languages": 1},
    "4 languages": {"languages": 4},
    "patience 4 min": {"patience": 240.0},
    "patience 16 min": {"patience": 960.0},
    "all at the full hour": {"shape": Shape.BURSTY, "burst": 6.0},
    "20 uneven pools": {"pools": 20, "uneven": 1.0},
    "blocks and favourites": {"subjects": 1, "bonds": 20.0},
    "no blocks, no past": {"bonds": 0.0},
    "0.03 a minute": {"rate": 0.03},
    "20 a minute": {"rate": 20.0},
    "60 members": {"people": 60},
}
"""How days to be judged on may differ; none of these is learned from."""


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day, and what each rule makes of it."""

    trace: Plan | Path
    kind: tuple[str, str]
    """What it is counted with, from the general to the particular."""

    @cached_property
    def _read(self) -> tuple[Market, Sequence[Arrival]]:
        trace = read(_lines(self.trace), Weights())
        arrivals = list(trace.arrivals)
        return trace.market, arrivals

    @cached_property
    def _optimum(self) -> Optimum:
        return hindsight(*self._read)

    def simple(self, rule: str) -> Figures:
        """What one of the `BASELINES` makes of it."""
        return self._figures(Baseline(self._read[0], choose=BASELINES[rule]))

    def ours(self, learned: ReservationParams) -> Figures:
        """What the engine makes of it, with these constants."""
        return self._figures(Engine(weights=Weights(), params=learned))

    def waits(self, decider: Decider) -> Mapping[str, float]:
        """How many seconds those who found somebody have waited, by ticket."""
        record = self._run(decider)
        tickets = (arrival.ticket.id for arrival in self._read[1])
        return {ticket: waited for ticket, waited in zip(tickets, record.waited, strict=True) if not isnan(waited)}

    def _figures(self, decider: Decider) -> Figures:
        return figures(self._run(decider), self._optimum)

    def _run(self, decider: Decider) -> Record:
        market, arrivals = self._read
        return run(market, iter(arrivals), decider, timer=lambda: 0.0)


def _lines(trace: Plan | Path) -> Iterable[bytes]:
    return trace.read_bytes().splitlines() if isinstance(trace, Path) else (line.encode() for line in make(trace))


def usual(*, people: int, seed: int) -> Iterator[Day]:
    """A day of each shape at each rate."""
    for rate, shape in product(RATES, Shape):
        yield Day(trace=Plan(shape=shape, rate=rate, people=people, seed=seed), kind=(f"{rate:g} a minute", shape))


def wide(kinds: Mapping[str, Mapping[str, Any]], *, people: int, seed: int, turn: int) -> Iterator[Day]:
    """A day of each of these kinds; rates and shapes take turns."""
    for number, (name, other) in enumerate(kinds.items(), turn):
        rate, shape = RATES[number % len(RATES)], tuple(Shape)[number % len(Shape)]
        plan = Plan(shape=shape, rate=rate, people=people, seed=seed)
        yield Day(trace=replace(plan, **other), kind=("other days", name))


def recorded(paths: Iterable[Path]) -> Iterator[Day]:
    """The days of these files."""
    for path in paths:
        yield Day(trace=path, kind=("traces", path.stem))
