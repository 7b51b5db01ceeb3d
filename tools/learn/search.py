"""The search: an evolution strategy over the constants, each as a deviation from where it began."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from math import exp
from typing import Any, Final, NamedTuple

import cma  # type: ignore[import-untyped]  # it brings no types
import numpy as np

from bot.matching.reservation import ReservationParams
from bot.simulate.baselines import BEST_AT_ONCE, LOAD_ADAPTIVE
from bot.simulate.figures import Figures
from tools.judge.days import Day

FACTORS: Final[Mapping[str, float]] = {
    "rate_memory_s": 0.3,
    "hour_prior": 0.4,
    "competition_weight": 0.3,
    "arrival_multiplier": 0.3,
    "wait_cost_per_minute": 0.4,
    "flexibility_bonus": 0.4,
    "end_discount": 0.4,
    "end_discount_s": 0.4,
}
"""Constants that may grow or shrink, and by what power of e one step changes them."""

STEPS: Final[Mapping[str, float]] = {
    "prior_fit": 0.05,
    "prior_fit_spread": 0.05,
    "surplus_share": 0.04,
    "surplus_share_by_load": 0.03,
}
"""Constants that may go up or down, and by how much in one step. The others are choices, and stay."""

PLAIN: Final = ReservationParams(
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
"""What one would take without having seen a day: half of the best that comes, half of a partner's price, …"""

FEWER: Final = 0.025  # so many fewer members matched than by the best pair at once are no fault
FAULT: Final = 1.5  # of value, for each further member left over
TRIES: Final = 10  # a round
STAY: Final = 2e-5  # what a squared step away costs, so that constants without an effect stay where they are


def moved(start: ReservationParams, steps: Sequence[float]) -> ReservationParams:
    """The constants so many steps away."""
    values = asdict(start)
    for name, step in zip((*FACTORS, *STEPS), steps, strict=True):
        if name in FACTORS:
            values[name] *= exp(FACTORS[name] * step)
        else:
            values[name] += STEPS[name] * step
    return ReservationParams(**values)


def merits(day: Day, tried: Sequence[ReservationParams]) -> Sequence[float]:
    """What each of these gains over the load-adaptive rule on a day, less the fault of leaving people over."""
    adaptive, at_once = _score(day.simple(LOAD_ADAPTIVE)), _score(day.simple(BEST_AT_ONCE))
    scores = [_score(day.ours(learned)) for learned in tried]
    return [share - adaptive.share - FAULT * max(0.0, at_once.matched - FEWER - matched) for share, matched in scores]


class _Score(NamedTuple):
    share: float
    matched: float


def _score(day: Figures) -> _Score:
    return _Score(share=day.share_of_hindsight or 0.0, matched=day.waits.matched / day.waits.tickets)


def search(
    start: ReservationParams,
    days: Callable[[int], Sequence[Day]],
    *,
    rounds: int,
    seed: int,
    over: Callable[[Callable[[Day], Sequence[float]], Sequence[Day]], Iterable[Sequence[float]]] = map,
    tell: Callable[[str], None],
) -> ReservationParams:
    """The best constants found from `start` within so many rounds, each on `days` of its own, lest they be learned by
    heart; where the last half of the rounds was on average. `over` maps a function over days, as `map` does.
    """
    options: dict[str, Any] = {"seed": seed, "verbose": -9, "popsize": TRIES}
    strategy = cma.CMAEvolutionStrategy(np.zeros(len(FACTORS) + len(STEPS)), 0.3, options)
    centres = []
    for number in range(rounds):
        steps = strategy.ask()
        tried = [moved(start, each) for each in steps]
        gained = np.mean(list(over(partial(merits, tried=tried), days(number))), axis=0)
        strategy.tell(
            steps, [STAY * float(np.dot(each, each)) - gain for each, gain in zip(steps, gained, strict=True)]
        )
        centres.append(strategy.mean)
        tell(f"round {number + 1} of {rounds}: {gained.min():+.4f} to {gained.max():+.4f}")
    return moved(start, np.mean(centres[rounds // 2 :], axis=0).tolist())
