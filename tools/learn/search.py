"""Searches for better parameters with an evolution strategy (CMA-ES), in steps from the starting point."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from math import exp
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import cma  # type: ignore[import-untyped]  # it brings no types
import numpy as np

from bot.matching.reservation import ReservationParams
from bot.simulate.baselines import BEST_PAIR_AT_ONCE, LOAD_ADAPTIVE
from bot.simulate.day_statistics import DayStatistics
from tools.judge.days import BenchmarkDay

FACTORS: Final[Mapping[str, float]] = MappingProxyType(
    {
        "rate_memory_s": 0.3,
        "hour_prior": 0.4,
        "competition_weight": 0.3,
        "arrival_multiplier": 0.3,
        "wait_cost_per_minute": 0.4,
        "flexibility_bonus": 0.4,
        "end_discount": 0.4,
        "end_discount_s": 0.4,
    }
)
"""Parameters that are multiplied: one step multiplies by e to this power."""

STEPS: Final[Mapping[str, float]] = MappingProxyType(
    {"prior_fit": 0.05, "prior_fit_spread": 0.05, "surplus_share": 0.04, "surplus_share_by_load": 0.03}
)
"""Parameters that are added to: one step adds this. All others are chosen by hand and stay."""

UNTRAINED: Final = ReservationParams(
    rate_memory_s=7200.0,
    empty_prior_s=60.0,
    first_arrival_s=600.0,
    burst_window_s=300.0,
    burst_prior=4.0,
    hour_prior=10.0,
    prior_fit=0.6,
    prior_fit_spread=0.2,
    competition_weight=0.5,
    arrival_multiplier=1.0,
    wait_cost_per_minute=0.02,
    surplus_share=0.5,
    surplus_share_by_load=0.0,
    zero_load_arrivals=4.0,
    flexibility_bonus=0.1,
    end_discount=0.1,
    end_discount_s=120.0,
)
"""Plausible values without any training: half of the best that may come, half of a partner's price, …"""

TOLERATED_LOSS: Final = 0.025  # share of members that may be matched fewer than by the best pair at once
LOSS_PENALTY: Final = 1.5  # in shares of the optimum, for each share of members matched fewer than that
CANDIDATES_PER_ROUND: Final = 10
INITIAL_DEVIATION: Final = 0.3  # the initial standard deviation of the candidates, in steps
STEP_PENALTY: Final = 2e-5  # for each squared step, so that parameters without an effect stay where they are


def apply_steps(start: ReservationParams, steps: Sequence[float]) -> ReservationParams:
    """The parameters that many steps away from `start`; `steps` has one number for each of `FACTORS`, then `STEPS`."""
    values = asdict(start)
    for name, step in zip((*FACTORS, *STEPS), steps, strict=True):
        if name in FACTORS:
            values[name] *= exp(FACTORS[name] * step)
        else:
            values[name] += STEPS[name] * step
    return ReservationParams(**values)


def measure_gains(day: BenchmarkDay, candidates: Sequence[ReservationParams]) -> Sequence[float]:
    """For each candidate the share of the optimum gained over load-adaptive, less a penalty for unmatched members."""
    adaptive, at_once = _score(day.run_baseline(LOAD_ADAPTIVE)), _score(day.run_baseline(BEST_PAIR_AT_ONCE))
    required = at_once.matched - TOLERATED_LOSS
    scores = [_score(day.run_engine(params)) for params in candidates]
    return [share - adaptive.share - LOSS_PENALTY * max(0.0, required - matched) for share, matched in scores]


class _Score(NamedTuple):
    share: float
    matched: float


def _score(day: DayStatistics) -> _Score:
    return _Score(share=day.share_of_optimum or 0.0, matched=day.waits.matched / day.waits.tickets)


def search_parameters(
    start: ReservationParams,
    days: Callable[[int], Sequence[BenchmarkDay]],
    *,
    rounds: int,
    seed: int,
    map_days: Callable[
        [Callable[[BenchmarkDay], Sequence[float]], Sequence[BenchmarkDay]], Iterable[Sequence[float]]
    ] = map,
    report: Callable[[str], None],
) -> ReservationParams:
    """Search from `start` for this many rounds; the mean of the centres of the last half of them.

    `days` returns the days of a round by its number; each round has its own, against overfitting. `map_days` maps a
    function over days, as `map` does. `report` gets a line after each round.
    """
    options: dict[str, Any] = {"seed": seed, "verbose": -9, "popsize": CANDIDATES_PER_ROUND}
    strategy = cma.CMAEvolutionStrategy(np.zeros(len(FACTORS) + len(STEPS)), INITIAL_DEVIATION, options)
    centres = []
    for number in range(rounds):
        steps = strategy.ask()
        candidates = [apply_steps(start, each) for each in steps]
        gains = np.mean(list(map_days(partial(measure_gains, candidates=candidates), days(number))), axis=0)
        penalties = [STEP_PENALTY * float(np.dot(each, each)) for each in steps]
        strategy.tell(steps, [penalty - gain for penalty, gain in zip(penalties, gains, strict=True)])
        centres.append(strategy.mean)
        report(f"round {number + 1} of {rounds}: {gains.min():+.4f} to {gains.max():+.4f}")
    return apply_steps(start, np.mean(centres[rounds // 2 :], axis=0).tolist())
