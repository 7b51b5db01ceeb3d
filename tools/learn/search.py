"""The search: an evolution strategy over the constants, each as a deviation from where it began."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from math import exp
from typing import Any, Final

import cma  # type: ignore[import-untyped]  # it brings no types
import numpy as np

from bot.pairing.keep import Learned
from tools.learn.days import Day

FACTORS: Final[Mapping[str, float]] = {
    "memory_s": 0.3,
    "doubt": 0.4,
    "dear": 0.3,
    "reach": 0.3,
    "wait_cost": 0.4,
    "flexible": 0.4,
    "fade": 0.4,
    "fade_s": 0.4,
}
"""Constants that may grow or shrink, and by what power of e one step changes them."""

STEPS: Final[Mapping[str, float]] = {"usual_fit": 0.05, "fit_spread": 0.05, "share": 0.04, "share_by_load": 0.03}
"""Constants that may go up or down, and by how much in one step. The others are choices, and stay."""

FEWER: Final = 0.03  # so many fewer members matched than by the best pair at once are no fault
FAULT: Final = 1.5  # of value, for each further member left over
STAY: Final = 2e-5  # what a squared step away costs, so that constants without an effect stay where they are


def moved(start: Learned, steps: Sequence[float]) -> Learned:
    """The constants so many steps away."""
    values = asdict(start)
    for name, step in zip((*FACTORS, *STEPS), steps, strict=True):
        if name in FACTORS:
            values[name] *= exp(FACTORS[name] * step)
        else:
            values[name] += STEPS[name] * step
    return Learned(**values)


def merit(day: Day, learned: Learned) -> float:
    """What these constants gain over the load-adaptive rule on a day, less the fault of leaving people over."""
    ours = day.ours(learned)
    return ours.value - day.adaptive.value - FAULT * max(0.0, day.at_once.matched - FEWER - ours.matched)


def search(start: Learned, days: Sequence[Day], *, rounds: int, seed: int, tell: Callable[[str], None]) -> Learned:
    """The best constants found from `start` within so many rounds."""
    options: dict[str, Any] = {"seed": seed, "verbose": -9, "popsize": 10}
    strategy = cma.CMAEvolutionStrategy(np.zeros(len(FACTORS) + len(STEPS)), 0.3, options)
    for number in range(1, rounds + 1):
        tried = strategy.ask()
        costs = [_cost(start, steps, days) for steps in tried]
        strategy.tell(tried, costs)
        tell(f"round {number} of {rounds}: + {-min(costs):.4f}")
    return moved(start, strategy.mean)


def _cost(start: Learned, steps: Sequence[float], days: Sequence[Day]) -> float:
    learned = moved(start, steps)
    gained = float(np.mean([merit(day, learned) for day in days]))
    return STAY * float(np.dot(steps, steps)) - gained
