"""The rule: what a ticket may expect from waiting on. A pair must be worth more than what its two would give up.

A few numbers are taken of each ticket when it comes; at a decision one expression over those numbers, the patience left
and the rate at which people come now says what waiting on is worth.
"""

from typing import Final

import numpy as np

from bot.pairing.fits import Floats

MEMORY_S: Final = 7200.0  # how long an arrival is remembered, in seconds
REMEMBERED: Final = 128  # how many arrivals of a pool are remembered at most
SPAN_AT_LEAST_S: Final = 900.0  # two who come within a minute do not make a busy pool

WORTH: Final = 0.8  # what the best of very many to come is worth, on the scale of a fit
TURNOVER: Final = 2.5  # so many compatible arrivals make good partners likely (1 - 1/e of the worth)
BONUS: Final = 0.1  # for being matched at all

NUMBERS: Final = 1
"""How many numbers are kept for each ticket."""


def look(fits: Floats) -> Floats:
    """The numbers of a ticket, from its fits with those who came lately; shape (NUMBERS,).

    The share of those who may meet it.
    """
    return np.array([np.count_nonzero(fits) / max(1, len(fits))])


def keep(numbers: Floats, *, left: Floats, rate: Floats) -> Floats:
    """What waiting on is worth, in [0, 2), for tickets of these numbers; shapes (NUMBERS, n), (n,), (n,).

    `left` is the patience in seconds, `rate` how many come to the ticket's pool in a second.
    """
    worth: Floats = WORTH * (1 - np.exp(-numbers[0] * rate * left / TURNOVER))
    return worth
