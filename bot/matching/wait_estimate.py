"""The wait estimate that members see: the median wait of comparable tickets that find a partner.

It is computed from the rule's own numbers, ignoring histories.
"""

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field
from typing import Final

import numpy as np

from bot.matching.fit_table import Floats
from bot.matching.reservation import POINT_SHARES

SHOWN_MINUTES: Final = (0, 1, 2, 3, 5, 8, 12, 20)
"""The numbers of minutes that are shown; 0 means "less than a minute"."""
SHOWN_FROM_MINUTES: Final = (0.7, 1.3, 2.6, 4.2, 7.6, 11.5, 18.0)
"""The estimated minutes from which each of `SHOWN_MINUTES` but the first is shown."""

REFERENCE_WAIT_S: Final = 180.0  # features and predictions are logarithms of the wait relative to this
WAIT_OFFSET_S: Final = 10.0  # added to waits before taking logarithms: much shorter ones are as good as equal
LONG_WAIT: Final = 0.5  # the logarithm above which a wait is long
CHANCE_OFFSET: Final = 0.02  # added to chances before taking logarithms, which keeps them finite
RATE_BOUNDS: Final = (0.03, 20.0)  # arrivals per minute; rates outside this range are clipped


@dataclass(frozen=True, kw_only=True, slots=True)
class Calibration:
    """The coefficients of a linear model for the logarithm of the wait, one per feature of a `WaitEstimate`.

    `python -m tools.learn` fits them by regression.
    """

    intercept: float
    implied_wait: float
    """The coefficient of the logarithm of the wait that the rule's numbers imply."""
    gap: float
    """Of how far the best waiting partner is from being acceptable, in units of fit."""
    log_chance: float
    """Of the logarithm of the chance of finding a partner at all."""
    long_wait: float
    """Of how far the implied wait exceeds `LONG_WAIT`."""
    long_wait_by_log_rate: float
    """Of that excess times the logarithm of the arrivals per minute."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitEstimate:
    """The expected wait in seconds, and the chance in [0, 1] of finding a partner before the ticket expires."""

    seconds: float
    chance: float
    features: tuple[float, ...] = field(default=(), compare=False)
    """What the wait was predicted from, in the order of `Calibration`; empty if an acceptable partner waits already."""

    @property
    def minutes(self) -> int:
        """The number of minutes to show, one of `SHOWN_MINUTES`."""
        return rounded_minutes(self.seconds)


def rounded_minutes(seconds: float) -> int:
    """The minutes to show for an expected wait, one of `SHOWN_MINUTES`."""
    return SHOWN_MINUTES[int(np.searchsorted(SHOWN_FROM_MINUTES, seconds / 60, side="right"))]


def estimate_wait(
    curve: Floats,
    fits: Floats,
    their_values: Floats,
    expected_arrivals: Floats,
    *,
    best_now: float,
    left_s: float,
    calibration: Calibration,
) -> WaitEstimate:
    """The estimate for a ticket with `left_s` seconds of patience; no wait if an acceptable partner waits already.

    `curve` is its reservation curve. `fits` and `their_values` describe recent arrivals: the fit with this ticket, and
    their reservation value on arrival. `expected_arrivals` are those expected within `POINT_SHARES` of `left_s`.
    `best_now` is twice the fit minus the partner's reservation value, for the best waiting partner.
    """
    if best_now > curve[-1]:
        return WaitEstimate(seconds=0.0, chance=1.0)
    lower = curve[:-1]
    found = _chance_found((curve[1:] + lower) / 2, fits, their_values, expected_arrivals)
    found[best_now > lower[::-1]] = 1.0
    implied = math.log((_half_found_share(found) * left_s + WAIT_OFFSET_S) / REFERENCE_WAIT_S)
    rate = float(np.clip(expected_arrivals[-1] / left_s * 60, *RATE_BOUNDS))
    excess = max(0.0, implied - LONG_WAIT)
    gap = float(curve[-1]) - best_now
    features = (1.0, implied, gap / 2, math.log(found[-1] + CHANCE_OFFSET), excess, excess * math.log(rate))
    return WaitEstimate(seconds=predicted_wait_s(features, calibration), chance=float(found[-1]), features=features)


def predicted_wait_s(features: Sequence[float], calibration: Calibration) -> float:
    """The wait in seconds, at least 1, that the model predicts from these features."""
    log_wait = math.fsum(weight * feature for weight, feature in zip(astuple(calibration), features, strict=True))
    return max(1.0, REFERENCE_WAIT_S * math.exp(log_wait) - WAIT_OFFSET_S)


def _chance_found(reservations: Floats, fits: Floats, their_values: Floats, expected_arrivals: Floats) -> Floats:
    """The chance that an acceptable partner has arrived by each point of the curve, from the whole patience to none."""
    acceptable = np.count_nonzero((fits > 0) & (2 * fits - their_values > reservations[:, None]), axis=1)
    arrivals = np.diff(expected_arrivals, prepend=0.0) * acceptable / max(1, len(fits))
    found: Floats = -np.expm1(-np.cumsum(arrivals[::-1]))
    return found


def _half_found_share(found: Floats) -> float:
    """The share of the patience after which the chance has reached half of its final value."""
    half = found[-1] / 2
    step = int((found >= half).argmax())
    before = found[step - 1] if step else 0.0
    starts = 1 - POINT_SHARES[::-1]
    ends = np.append(starts[1:], 1.0)
    part = (half - before) / (found[step] - before) if found[step] > before else 0.0
    return float(starts[step] + part * (ends[step] - starts[step]))
