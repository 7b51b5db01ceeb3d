"""Made-up days to learn from and to be judged on: the usual ones at four rates, and a wide family of others."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from math import isnan
from typing import Any, Final

from bot.pairing.engine import Engine
from bot.pairing.fit import Weights
from bot.pairing.keep import Learned
from bot.simulate.baselines import BASELINES, BEST_AT_ONCE, Baseline
from bot.simulate.hindsight import hindsight
from bot.simulate.make import Plan, Shape, make
from bot.simulate.market import Arrival, Market
from bot.simulate.record import Record
from bot.simulate.run import Decider, run
from bot.simulate.trace import read

RATES: Final = (0.1, 0.5, 2.0, 8.0)  # members a minute
LOAD_ADAPTIVE: Final = "load-adaptive"
OTHERS: Final[Sequence[Mapping[str, Any]]] = (
    {"subjects": 3},
    {"subjects": 40},
    {"languages": 6},
    {"patience": 120.0},
    {"patience": 1800.0},
    {"pools": 5},
)
"""How days may differ from the usual."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """How a decider did on a day: the share of the value that hindsight has, and the share of members matched."""

    value: float
    matched: float


@dataclass(frozen=True, kw_only=True)
class Day:
    """A made-up day, and what simple rules reach on it."""

    plan: Plan

    @cached_property
    def _read(self) -> tuple[Market, Sequence[Arrival]]:
        trace = read((line.encode() for line in make(self.plan)), Weights())
        arrivals = list(trace.arrivals)
        return trace.market, arrivals

    @cached_property
    def _optimum(self) -> float:
        return hindsight(*self._read).value or 1.0

    @cached_property
    def adaptive(self) -> Score:
        """The load-adaptive rule's."""
        return self._baseline(LOAD_ADAPTIVE)

    @cached_property
    def at_once(self) -> Score:
        """That of the best pair at once."""
        return self._baseline(BEST_AT_ONCE)

    def ours(self, learned: Learned) -> Score:
        """The engine's, with these constants."""
        return self._score(Engine(weights=Weights(), learned=learned))

    def waits(self, decider: Decider) -> Mapping[str, float]:
        """How many seconds those who found somebody have waited, by ticket."""
        record = self._run(decider)
        tickets = (arrival.ticket.id for arrival in self._read[1])
        return {ticket: waited for ticket, waited in zip(tickets, record.waited, strict=True) if not isnan(waited)}

    def _baseline(self, name: str) -> Score:
        return self._score(Baseline(self._read[0], choose=BASELINES[name]))

    def _score(self, decider: Decider) -> Score:
        record = self._run(decider)
        return Score(value=record.value / self._optimum, matched=2 * len(record.first) / len(record))

    def _run(self, decider: Decider) -> Record:
        market, arrivals = self._read
        return run(market, iter(arrivals), decider, timer=lambda: 0.0)


def usual(*, people: int, seed: int) -> Iterator[Day]:
    """A day of each shape at each rate."""
    for rate, shape in product(RATES, Shape):
        yield Day(plan=Plan(shape=shape, rate=rate, people=people, seed=seed))


def wide(*, people: int, seed: int) -> Iterator[Day]:
    """Days of other kinds, so that no constant is fitted to one kind of server."""
    for number, (day, other) in enumerate(zip(usual(people=people, seed=seed), (*OTHERS, *OTHERS), strict=True)):
        yield Day(plan=replace(day.plan, seed=seed + number, **other))
