"""The rule: what a ticket may expect from waiting on, as a curve over the patience left, drawn once when it comes.

Two are put together when that is worth more than what they give up: about half of the best that may still come to each,
judged by those who came lately, less what waiting costs. `bot.pairing.learned` has the constants.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from bot.pairing.fits import Floats

REMEMBERED: Final = 128  # how many arrivals of a pool are remembered; the kinds of people change slowly
FORGOTTEN_S: Final = 7 * 86_400.0  # a pool where nobody waits and nobody came for so long is forgotten

POINTS: Final = 8
SHARES: Final = (np.arange(1, POINTS + 1) / POINTS) ** 2
"""Where a curve has its points, in shares of the patience: closer together towards the end."""

MADE_UP: Final = np.array([1.0, -1.0])  # the two made-up partners, as deviations from the usual fit
PRIOR: Final = 2 * len(MADE_UP)  # so many made-up arrivals there are, half of whom may be met
USUAL: Final = 20  # the prices of so many who came last are the usual ones
MOST_LOAD: Final = 1.5  # beyond which more or fewer arrivals change no share
STEEP: Final = 0.3  # flexibility counts half where the best that may come is worth so much
BOUND: Final = 2.0  # nothing is worth more than a perfect fit to both
HIGHEST: Final = 0.99  # so two who suit each other perfectly never wait


@dataclass(frozen=True, kw_only=True, slots=True)
class Learned:
    """The rule's constants, found by `python -m tools.learn`."""

    memory_s: float
    """After so long an arrival counts 1/e in how often people come."""
    grace_s: float
    """So long nobody is taken to have come before the first,"""
    first_s: float
    """and so much longer where only one has come, half of it where two have, and so on: few tell little."""
    doubt: float
    """So many arrivals it takes to believe in a busy part of the hour."""
    usual_fit: float
    """What the made-up partners fit, on average,"""
    fit_spread: float
    """and how far they are from it."""
    dear: float
    """How much of what partners may have otherwise is taken off their fit."""
    reach: float
    """How many chances an arrival is."""
    wait_cost: float
    """What a minute of waiting costs."""
    share: float
    """How much of the best that may come is one's own,"""
    share_by_load: float
    """and how much more of it, the more people come; see `load`."""
    load_middle: float
    """With so many expected arrivals, load is 0."""
    flexible: float
    """What it is worth to be somebody whom all may meet rather than nobody."""
    fade: float
    """How much less is kept at the very end, when many come,"""
    fade_s: float
    """and how long before the end that begins."""


def curve(fits: Floats, prices: Floats, coming: Floats, *, left: Floats, learned: Learned) -> Floats:
    """What waiting on is worth with `left` seconds of patience, in [0, 1); shape (POINTS,).

    `fits` and `prices` are of those who came lately, the oldest first; `coming` is how many arrivals are expected
    while that patience is left.
    """
    known, may = len(fits), fits > 0
    partners = np.count_nonzero(may)
    usual = prices[-USUAL:].mean() if known else 0.0
    made_up = 2 * (learned.usual_fit + learned.fit_spread * MADE_UP) - usual
    surpluses = np.concatenate([2 * fits[may] - prices[may], made_up])
    surpluses.sort()
    best = _expected_best(surpluses[::-1].clip(0.0), learned.reach / (known + PRIOR) * coming)
    net = np.maximum.accumulate(np.maximum(best - learned.wait_cost / 60 * left, 0.0))
    load = load_of(coming[-1], learned)
    flexible = learned.flexible * ((partners + 1) / (known + 2) - 0.5)
    worth = net * (learned.share + learned.share_by_load * load + flexible / (net + STEEP))
    worth *= 1 - learned.fade * max(0.0, load) * np.exp(-left / learned.fade_s)
    return worth.clip(0.0, HIGHEST)


def load_of(coming: float, learned: Learned) -> float:
    """How busy it is for a ticket: 0 in the middle, 1 with e² times as many arrivals to expect; in [-1.5, 1.5]."""
    return float(np.clip(np.log(coming / learned.load_middle) / 2, -MOST_LOAD, MOST_LOAD))


def price(drawn: Floats, best_here: float, learned: Learned) -> float:
    """What one more partner would have to make up for, by a ticket's curve and the best it could have at once.

    `best_here` is twice the fit, less what that partner keeps.
    """
    return learned.dear * max(float(drawn[-1]), best_here)


def keep(curves: Floats, left: Floats) -> Floats:
    """What waiting on is worth; shapes (n, POINTS) and (n,). `left` is the patience left as a share of the whole."""
    at = np.sqrt(left.clip(0.0, 1.0)) * POINTS
    above = np.minimum(at.astype(np.int64), POINTS - 1)
    rows = np.arange(len(curves))
    lower = np.where(above > 0, curves[rows, above - 1], 0.0)
    worth: Floats = lower + (curves[rows, above] - lower) * (at - above)
    return worth


def _expected_best(values: Floats, chances: Floats) -> Floats:
    """The expected best of those who come, where each of `values`, the highest first, comes `chances` times."""
    none_better = np.exp(-np.multiply.outer(chances, np.arange(len(values))))
    best: Floats = -np.expm1(-chances) * (none_better @ values)
    return best
