"""Reservation values: what a ticket may expect from waiting on, as a curve over the patience left.

A curve is computed once, when its ticket arrives. A pair is made when its value, twice the fit, exceeds the sum of the
two reservation values. `bot.matching.parameters` has the parameters.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.matching.fit_table import Floats, as_constant

RECENT_ARRIVALS: Final = 128
"""How many recent arrivals of a pool predict the next ones; the mix of people changes slowly."""
POOL_MEMORY_S: Final = 7 * 86_400.0
"""A pool with nobody waiting and no arrival for this long is forgotten."""

CURVE_POINTS: Final = 6
POINT_SHARES: Final = as_constant((np.arange(1, CURVE_POINTS + 1) / CURVE_POINTS) ** 2)
"""Where a curve has its points, as shares of the patience: closer together towards its end."""

PRIOR_PARTNERS: Final = 2
"""Assumed possible partners, and as many assumed impossible ones, so that the first few real arrivals do not count
too much."""
NEGATIVE_RANKS: Final = as_constant(-np.arange(float(RECENT_ARRIVALS + PRIOR_PARTNERS + 1))[None])
PRICE_WINDOW: Final = 20
"""The prior partners' competition price is the mean over this many of the latest arrivals."""
MAX_LOAD: Final = 1.5
FLEXIBILITY_HALF_VALUE: Final = 0.3
"""Half of the flexibility bonus applies if the expected best partner is worth this much."""
MAX_PAIR_VALUE: Final = 2.0
"""Twice the greatest possible fit."""
MAX_RESERVATION: Final = 0.99
"""Below 1, so two tickets that suit each other perfectly never wait."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReservationParams:
    """The parameters of the pairing rule. docs/pairing.md says where each value comes from.

    "Value" means twice a fit, in [0, 2].
    """

    rate_memory_s: float
    """Seconds, > 0. An arrival this long ago counts 1/e in the arrival rate."""
    empty_prior_s: float
    """Seconds, ≥ 0. Before its first arrival a pool is assumed to have been empty for this long."""
    first_arrival_s: float
    """Seconds, ≥ 0. Added to `empty_prior_s` after being divided by the number of arrivals: few arrivals say little."""
    burst_window_s: float
    """Seconds, > 0. An arrival this long ago counts 1/e in the rate of the present burst."""
    burst_prior: float
    """Arrivals, > 0. The burst rate is an average with this many arrivals at the usual rate."""
    hour_prior: float
    """Arrivals, > 0. The evidence needed to believe that a part of the hour is busier than the others."""
    prior_fit: float
    """Fit, in [0, 1]. The mean fit of the prior partners."""
    prior_fit_spread: float
    """Fit, in [0, 1]. The distance of the two prior partners from the mean, above and below."""
    competition_weight: float
    """Share, in [0, 1]. How much of a partner's best alternative is subtracted from what the partner is worth."""
    arrival_multiplier: float
    """Chances per arrival, > 0. The number of draws from the recent arrivals that represent one expected arrival."""
    wait_cost_per_minute: float
    """Value per minute, ≥ 0. The cost of waiting one minute."""
    surplus_share: float
    """Share, in [0, 1]. How much of the expected best partner's value goes to the ticket itself, at load 0."""
    surplus_share_by_load: float
    """Share per unit of load. Added to `surplus_share`; see `relative_load`."""
    zero_load_arrivals: float
    """Arrivals, > 0. The number expected within a ticket's patience at which the load is 0."""
    flexibility_bonus: float
    """Value, ≥ 0. The difference in value between being allowed to meet everybody and nobody."""
    end_discount: float
    """Share per unit of load, ≥ 0. How much is taken off the value at the very end of the patience, when busy."""
    end_discount_s: float
    """Seconds, > 0. With this much patience left, 1/e of that discount applies."""


def reservation_curve(
    fits: Floats, prices: Floats, expected_arrivals: Floats, *, left_s: Floats, params: ReservationParams
) -> Floats:
    """The reservation value at no patience (0) and with `left_s` of patience left; in [0, `MAX_RESERVATION`].

    `fits` and `prices` describe the pool's recent arrivals, the oldest first: their fit with this ticket (0: may not
    meet) and their competition price. `expected_arrivals` are those expected within each of `left_s`, which is in
    seconds, ascending, of shape (`CURVE_POINTS`,). The result has the shape (1 + `CURVE_POINTS`,).
    """
    known = len(fits)
    partners = fits.nonzero()[0]
    losses = _sorted_losses(fits, prices, partners, params)
    chances = params.arrival_multiplier / (known + 2 * PRIOR_PARTNERS) * expected_arrivals
    best = _expected_best(losses[: losses.searchsorted(0.0)], chances)
    load = relative_load(float(expected_arrivals[-1]), params)
    share = params.surplus_share + params.surplus_share_by_load * load
    flexibility = params.flexibility_bonus * ((len(partners) + 1) / (known + 2) - 0.5)
    discount = params.end_discount * max(load, 0.0)
    cost = params.wait_cost_per_minute / 60
    net, values = 0.0, [0.0]
    for gross, seconds in zip(best.tolist(), left_s.tolist(), strict=True):
        gain = gross - cost * seconds
        net = gain if gain > net else net  # noqa: FURB136 (`min` and `max` would take a third of this loop's time)
        value = net * (share + flexibility / (net + FLEXIBILITY_HALF_VALUE))
        if discount:
            value *= 1 - discount * math.exp(-seconds / params.end_discount_s)
        values.append(0.0 if value < 0 else MAX_RESERVATION if value > MAX_RESERVATION else value)  # noqa: FURB136
    return np.array(values)


def relative_load(expected_arrivals: float, params: ReservationParams) -> float:
    """How busy a pool is for a ticket, in [-1.5, 1.5]: 0 at `zero_load_arrivals`, plus 1 for e² times the arrivals."""
    return max(-MAX_LOAD, min(MAX_LOAD, math.log(expected_arrivals / params.zero_load_arrivals) / 2))


def competition_price(curve: Floats, best_now: float, params: ReservationParams) -> float:
    """A ticket's competition price: a share of its best alternative, which lowers its worth to others.

    `curve` is its reservation curve; `best_now` is the most it could have immediately: twice the fit minus the
    partner's reservation value.
    """
    return params.competition_weight * max(float(curve[-1]), best_now)


def reservation_values(curves: Floats, left_shares: Floats) -> Floats:
    """The value on each of `curves`, shape (n, 1 + `CURVE_POINTS`), at the share of the patience left, shape (n,).

    Interpolates linearly between the points. Shares are at least 0; those above 1 count as 1.
    """
    position = np.sqrt(np.minimum(left_shares, 1.0)) * CURVE_POINTS
    below = np.minimum(position.astype(np.int64), CURVE_POINTS - 1)
    rows = np.arange(len(curves))
    lower = curves[rows, below]
    values: Floats = lower + (curves[rows, below + 1] - lower) * (position - below)
    return values


def _sorted_losses(fits: Floats, prices: Floats, partners: NDArray[np.intp], params: ReservationParams) -> Floats:
    """The negative values of the prior partners and of those at the indices `partners`, best partner first."""
    known = len(prices)
    usual_price = sum(prices[-PRICE_WINDOW:].tolist()) / min(known, PRICE_WINDOW) if known else 0.0
    theirs = fits[partners]
    losses = np.empty(len(partners) + PRIOR_PARTNERS)
    losses[0] = usual_price - 2 * (params.prior_fit + params.prior_fit_spread)
    losses[1] = usual_price - 2 * (params.prior_fit - params.prior_fit_spread)
    losses[PRIOR_PARTNERS:] = prices[partners] - (theirs + theirs)
    losses.sort()
    return losses


def _expected_best(losses: Floats, chances: Floats) -> Floats:
    """The expected value of the best partner to come, for each of `chances`.

    Each partner arrives as a Poisson process, `chances` times on average; `losses` are their negative values, the
    lowest first.
    """
    # `dot` takes half the time of `@` and of an outer product.
    none_better = chances[:, None].dot(NEGATIVE_RANKS[:, : len(losses) + 1])
    np.exp(none_better, out=none_better)
    best: Floats = none_better[:, 1:].dot(losses)
    best -= none_better[:, :-1].dot(losses)
    return best
