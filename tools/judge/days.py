"""Days for learning and judging: standard ones at four rates, variants of them, and traces from files."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from math import isnan
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from bot.matching.engine import Engine
from bot.matching.fit import Weights
from bot.matching.reservation import ReservationParams
from bot.simulate.baselines import BASELINES, BatchingPolicy
from bot.simulate.day_record import DayRecord
from bot.simulate.day_statistics import DayStatistics, compute_statistics
from bot.simulate.market import Arrival, Market
from bot.simulate.offline_optimum import OfflineOptimum, offline_optimum
from bot.simulate.simulation import MatchingPolicy, simulate_day
from bot.simulate.synthetic_trace import ArrivalShape, TracePlan, generate_trace
from bot.simulate.trace import read_trace

FIRST_FRESH_SEED: Final = 10_000_000  # learning never uses this seed or a greater one
RATES_PER_MINUTE: Final = (0.1, 0.5, 2.0, 8.0)

Variants = Mapping[str, Mapping[str, Any]]
"""By name, the fields of `TracePlan` in which a variant differs from a standard day."""

TRAINING_VARIANTS: Final[Variants] = MappingProxyType(
    {
        "3 subjects": {"subjects": 3},
        "40 subjects": {"subjects": 40},
        "6 languages": {"languages": 6},
        "patience 2 min": {"median_patience_s": 120.0},
        "patience 30 min": {"median_patience_s": 1800.0},
        "5 pools": {"pools": 5},
    }
)
"""For learning only."""

TEST_VARIANTS: Final[Variants] = MappingProxyType(
    {
        "1 subject": {"subjects": 1},
        "25 subjects": {"subjects": 25},
        "1 language": {"languages": 1},
        "4 languages": {"languages": 4},
        "patience 4 min": {"median_patience_s": 240.0},
        "patience 16 min": {"median_patience_s": 960.0},
        "all at the full hour": {"shape": ArrivalShape.BURSTY, "burst_factor": 6.0},
        "20 uneven pools": {"pools": 20, "size_exponent": 1.0},
        "blocks and favourites": {"subjects": 1, "relations_factor": 20.0},
        "no blocks, no past": {"relations_factor": 0.0},
        "0.03 a minute": {"rate_per_minute": 0.03},
        "20 a minute": {"rate_per_minute": 20.0},
        "60 members": {"members": 60},
    }
)
"""For judging only."""


@dataclass(frozen=True, kw_only=True)
class BenchmarkDay:
    """A day on which policies are compared. Reads or generates its trace when first asked, and keeps it."""

    trace: TracePlan | Path
    category: tuple[str, str]
    """The groups it is averaged with, from the general to the particular."""

    @cached_property
    def _market_and_arrivals(self) -> tuple[Market, Sequence[Arrival]]:
        trace = read_trace(_trace_lines(self.trace), Weights())
        arrivals = list(trace.arrivals)
        return trace.market, arrivals

    @cached_property
    def _optimum(self) -> OfflineOptimum:
        return offline_optimum(*self._market_and_arrivals)

    def run_baseline(self, name: str) -> DayStatistics:
        """Simulate the day with one of the `BASELINES`."""
        market, _ = self._market_and_arrivals
        return self._statistics(BatchingPolicy(market, choose=BASELINES[name]))

    def run_engine(self, params: ReservationParams) -> DayStatistics:
        """Simulate the day with the engine, using these parameters."""
        return self._statistics(Engine(weights=Weights(), params=params))

    def waits_by_ticket(self, policy: MatchingPolicy) -> Mapping[str, float]:
        """Simulate the day; the seconds that each matched ticket waited, by its id."""
        record = self._simulate(policy)
        tickets = (arrival.ticket.id for arrival in self._market_and_arrivals[1])
        return {ticket: waited for ticket, waited in zip(tickets, record.waited_s, strict=True) if not isnan(waited)}

    def _statistics(self, policy: MatchingPolicy) -> DayStatistics:
        return compute_statistics(self._simulate(policy), self._optimum)

    def _simulate(self, policy: MatchingPolicy) -> DayRecord:
        market, arrivals = self._market_and_arrivals
        return simulate_day(market, iter(arrivals), policy, timer=lambda: 0.0)


def _trace_lines(trace: TracePlan | Path) -> Iterable[bytes]:
    if isinstance(trace, Path):
        return trace.read_bytes().splitlines()
    return (line.encode() for line in generate_trace(trace))


def standard_days(*, members: int, seed: int) -> Iterator[BenchmarkDay]:
    """A day of each shape at each rate."""
    for rate, shape in product(RATES_PER_MINUTE, ArrivalShape):
        plan = TracePlan(shape=shape, rate_per_minute=rate, members=members, seed=seed)
        yield BenchmarkDay(trace=plan, category=(f"{rate:g} a minute", shape))


def variant_days(variants: Variants, *, members: int, seed: int, turn: int) -> Iterator[BenchmarkDay]:
    """A day of each variant. Rates and shapes alternate with the variant's number plus `turn`."""
    for number, (name, changes) in enumerate(variants.items(), turn):
        rate = RATES_PER_MINUTE[number % len(RATES_PER_MINUTE)]
        shape = tuple(ArrivalShape)[number % len(ArrivalShape)]
        plan = TracePlan(shape=shape, rate_per_minute=rate, members=members, seed=seed)
        yield BenchmarkDay(trace=replace(plan, **changes), category=("other days", name))


def recorded_days(paths: Iterable[Path]) -> Iterator[BenchmarkDay]:
    """A day for each trace file, named after the file."""
    for path in paths:
        yield BenchmarkDay(trace=path, category=("traces", path.stem))
