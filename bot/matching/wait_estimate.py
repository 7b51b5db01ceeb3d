"""The honest expected wait: after how long half of those like this ticket who find somebody have found them.

Computed from the engine's own numbers, as if nobody had blocked anybody.
"""

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field
from typing import Final

import numpy as np

from bot.matching.fit_table import Floats
from bot.matching.reservation import SHARES

MINUTES: Final = (0, 1, 2, 3, 5, 8, 12, 20)
"""What is said, in minutes; 0 is "under a minute"."""
LEAST: Final = (0.7, 1.3, 2.6, 4.2, 7.6, 11.5, 18.0)
"""From how many expected minutes on each of the others is said."""

REFERENCE_WAIT_S: Final = 180.0  # deviations are taken from this
WAIT_OFFSET_S: Final = 10.0  # below which waits are as good as equal
LONG: Final = 0.5  # deviations above which waits are long
CHANCE: Final = 0.02  # where nobody is likely to come at all
RATES: Final = (0.03, 20.0)  # arrivals a minute; beyond, they say no more


@dataclass(frozen=True, kw_only=True, slots=True)
class Calibration:
    """How the logarithm of the wait follows from its features; found by `python -m tools.learn`."""

    intercept: float
    implied_wait: float
    """For the wait that the rule's numbers imply,"""
    gap: float
    """for how far the best partner who is there is from being acceptable,"""
    log_chance: float
    """for the logarithm of the chance to find somebody at all,"""
    long_wait: float
    """for how far the implied wait is a long one,"""
    long_wait_by_log_rate: float
    """and for that times the logarithm of the arrivals a minute."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitEstimate:
    """What somebody who waits may expect: a wait in seconds, and the chance to find anybody while patience lasts."""

    seconds: float
    chance: float
    features: tuple[float, ...] = field(default=(), compare=False)
    """What each part of a `Calibration` is for, in numbers; none where a partner is there already."""

    @property
    def minutes(self) -> int:
        """The minutes that are said, one of `MINUTES`."""
        return rounded_minutes(self.seconds)


def rounded_minutes(seconds: float) -> int:
    """The minutes that are said for an expected wait, one of `MINUTES`."""
    return MINUTES[int(np.searchsorted(LEAST, seconds / 60, side="right"))]


def outlook(
    curve: Floats,
    fits: Floats,
    keeps: Floats,
    coming: Floats,
    *,
    best_here: float,
    left: float,
    calibration: Calibration,
) -> WaitEstimate:
    """No wait where a partner is there already.

    `curve` is what is kept with nothing and with `SHARES` of the patience `left`, in seconds; `fits` and `keeps` are of
    those who came lately, with what they kept then; `coming` is how many arrivals are expected while so much is left;
    `best_here` is twice the best fit, less what that partner keeps.
    """
    if best_here > curve[-1]:
        return WaitEstimate(seconds=0.0, chance=1.0)
    until = curve[:-1]
    found = _found((curve[1:] + until) / 2, fits, keeps, coming)
    found[best_here > until[::-1]] = 1.0
    implied = math.log((_half(found) * left + WAIT_OFFSET_S) / REFERENCE_WAIT_S)
    rate = float(np.clip(coming[-1] / left * 60, *RATES))
    beyond = max(0.0, implied - LONG)
    gap = float(curve[-1]) - best_here
    features = (1.0, implied, gap / 2, math.log(found[-1] + CHANCE), beyond, beyond * math.log(rate))
    return WaitEstimate(seconds=predicted_wait_s(features, calibration), chance=float(found[-1]), features=features)


def predicted_wait_s(features: Sequence[float], calibration: Calibration) -> float:
    """The seconds that these features are good for."""
    deviation = math.fsum(part * ground for part, ground in zip(astuple(calibration), features, strict=True))
    return max(1.0, REFERENCE_WAIT_S * math.exp(deviation) - WAIT_OFFSET_S)


def _found(asked: Floats, fits: Floats, keeps: Floats, coming: Floats) -> Floats:
    """The chance to have found somebody new by the end of each step, from the whole patience down to none."""
    welcome = np.count_nonzero((fits > 0) & (2 * fits - keeps > asked[:, None]), axis=1)
    arrivals = np.diff(coming, prepend=0.0) * welcome / max(1, len(fits))
    found: Floats = -np.expm1(-np.cumsum(arrivals[::-1]))
    return found


def _half(found: Floats) -> float:
    """The share of the patience after which half of what is found in the end is found."""
    half = found[-1] / 2
    step = int((found >= half).argmax())
    before = found[step - 1] if step else 0.0
    starts = 1 - SHARES[::-1]
    ends = np.append(starts[1:], 1.0)
    part = (half - before) / (found[step] - before) if found[step] > before else 0.0
    return float(starts[step] + part * (ends[step] - starts[step]))
