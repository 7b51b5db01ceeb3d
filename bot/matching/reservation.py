"""The rule: what a ticket may expect from waiting on, as a curve over the patience left, drawn once when it comes.

Two are put together when that is worth more than what they give up: about half of the best that may still come to each,
judged by those who came lately, less what waiting costs. `bot.matching.parameters` has the constants.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from bot.matching.fit_table import Floats

RECENT_ARRIVALS: Final = 128  # how many arrivals of a pool are remembered; the kinds of people change slowly
POOL_MEMORY_S: Final = 7 * 86_400.0  # a pool where nobody waits and nobody came for so long is forgotten

POINTS: Final = 6
SHARES: Final = (np.arange(1, POINTS + 1) / POINTS) ** 2
"""Where a curve has its points, in shares of the patience: closer together towards the end."""

MADE_UP: Final = 2  # partners are made up, and as many whom one may not meet, lest the first who come say too much
RANKS: Final = -np.arange(float(RECENT_ARRIVALS + MADE_UP + 1))[None]
USUAL: Final = 20  # the prices of so many who came last are the usual ones
MOST_LOAD: Final = 1.5  # beyond which more or fewer arrivals change no share
STEEP: Final = 0.3  # flexibility counts half where the best that may come is worth so much
BOUND: Final = 2.0  # nothing is worth more than a perfect fit to both
HIGHEST: Final = 0.99  # so two who suit each other perfectly never wait


@dataclass(frozen=True, kw_only=True, slots=True)
class ReservationParams:
    """The rule's constants, found by `python -m tools.learn`."""

    rate_memory_s: float
    """After so long an arrival counts 1/e in how often people come."""
    empty_prior_s: float
    """So long nobody is taken to have come before the first,"""
    first_arrival_s: float
    """and so much longer where only one has come, half of it where two have, and so on: few tell little."""
    burst_window_s: float
    """After so long an arrival counts 1/e in whether people rush in just now,"""
    burst_prior: float
    """which is taken together with so many arrivals at the usual distance."""
    hour_prior: float
    """So many arrivals it takes to believe in a busy part of the hour."""
    prior_fit: float
    """What the made-up partners fit, on average,"""
    prior_fit_spread: float
    """and how far they are from it."""
    competition_weight: float
    """How much of what partners may have otherwise is taken off their fit."""
    arrival_multiplier: float
    """How many chances an arrival is."""
    wait_cost_per_minute: float
    """What a minute of waiting costs."""
    surplus_share: float
    """How much of the best that may come is one's own,"""
    surplus_share_by_load: float
    """and how much more of it, the more people come; see `load`."""
    zero_load_arrivals: float
    """With so many expected arrivals, load is 0."""
    flexibility_bonus: float
    """What it is worth to be somebody whom all may meet rather than nobody."""
    end_discount: float
    """How much less is kept at the very end, when many come,"""
    end_discount_s: float
    """and how long before the end that begins."""


def curve(fits: Floats, prices: Floats, coming: Floats, *, left: Floats, learned: ReservationParams) -> Floats:
    """What waiting on is worth with `left` seconds of patience, in [0, 1), after the 0 of none; shape (1 + POINTS,).

    `fits` and `prices` are of those who came lately, the oldest first; `coming` is how many arrivals are expected
    while that patience is left.
    """
    known = len(fits)
    partners = fits.nonzero()[0]
    usual = sum(prices[-USUAL:].tolist()) / min(known, USUAL) if known else 0.0
    losses = np.empty(len(partners) + MADE_UP)
    losses[0] = usual - 2 * (learned.prior_fit + learned.prior_fit_spread)
    losses[1] = usual - 2 * (learned.prior_fit - learned.prior_fit_spread)
    theirs = fits[partners]
    losses[MADE_UP:] = prices[partners] - (theirs + theirs)
    losses.sort()
    best = _expected_best(
        losses[: losses.searchsorted(0.0)], learned.arrival_multiplier / (known + 2 * MADE_UP) * coming
    )
    load = load_of(float(coming[-1]), learned)
    share = learned.surplus_share + learned.surplus_share_by_load * load
    flexible = learned.flexibility_bonus * ((len(partners) + 1) / (known + 2) - 0.5)
    fade = learned.end_discount * max(load, 0.0)
    cost = learned.wait_cost_per_minute / 60
    net, drawn = 0.0, [0.0]
    for each, seconds in zip(best.tolist(), left.tolist(), strict=True):
        gain = each - cost * seconds
        net = gain if gain > net else net  # noqa: FURB136 (`min` and `max` would take a third of this loop's time)
        worth = net * (share + flexible / (net + STEEP))
        if fade:
            worth *= 1 - fade * math.exp(-seconds / learned.end_discount_s)
        drawn.append(0.0 if worth < 0 else HIGHEST if worth > HIGHEST else worth)  # noqa: FURB136 (as above)
    return np.array(drawn)


def load_of(coming: float, learned: ReservationParams) -> float:
    """How busy it is for a ticket: 0 in the middle, 1 with e² times as many arrivals to expect; in [-1.5, 1.5]."""
    return max(-MOST_LOAD, min(MOST_LOAD, math.log(coming / learned.zero_load_arrivals) / 2))


def price(drawn: Floats, best_here: float, learned: ReservationParams) -> float:
    """What one more partner would have to make up for, by a ticket's curve and the best it could have at once.

    `best_here` is twice the fit, less what that partner keeps.
    """
    return learned.competition_weight * max(float(drawn[-1]), best_here)


def keep(curves: Floats, left: Floats) -> Floats:
    """What waiting on is worth; shapes (n, 1 + POINTS) and (n,). `left` is the share of the patience left, from 0."""
    at = np.sqrt(np.minimum(left, 1.0)) * POINTS
    below = np.minimum(at.astype(np.int64), POINTS - 1)
    rows = np.arange(len(curves))
    lower = curves[rows, below]
    worth: Floats = lower + (curves[rows, below + 1] - lower) * (at - below)
    return worth


def _expected_best(losses: Floats, chances: Floats) -> Floats:
    """The expected gain of the best who comes, where whoever makes each of the `losses`, the lowest first, comes
    `chances` times.
    """
    # `dot` takes half the time of `@` and of an outer product.
    none_better = chances[:, None].dot(RANKS[:, : len(losses) + 1])
    np.exp(none_better, out=none_better)
    best: Floats = none_better[:, 1:].dot(losses)
    best -= none_better[:, :-1].dot(losses)
    return best
