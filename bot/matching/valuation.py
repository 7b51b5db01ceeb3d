"""Valuation: what continuing to wait is worth to each ticket, kept up to date for the whole queue.

Owns the columns of reservation curves and values, and each pool's arrival rate. `reservation` has the rule itself.
"""

from typing import Final

import numpy as np

from bot.domain.ticket import Ticket
from bot.matching.arrival_rate import ArrivalRate
from bot.matching.fit_table import Flags, Floats, Ints
from bot.matching.parameters import WAIT_CALIBRATION
from bot.matching.pool import Pool
from bot.matching.queue_columns import INITIAL_SLOTS, Slots, resize_columns
from bot.matching.reservation import (
    CURVE_POINTS,
    MAX_PAIR_VALUE,
    POINT_SHARES,
    ReservationParams,
    competition_price,
    reservation_curve,
    reservation_values,
)
from bot.matching.wait_estimate import WaitEstimate, estimate_wait

MIN_PATIENCE_S: Final = 1.0
ACCEPT_ANYBODY: Final = -MAX_PAIR_VALUE
"""A reservation value so low that it outweighs any partner's."""
FRONT_BONUS: Final = 4.0
"""Subtracted from the reservation value of a ticket at the front: more than any pair is worth, so it comes first."""


class Valuation:
    """The reservation curves and values, indexed by slot."""

    def __init__(self, slots: Slots, params: ReservationParams) -> None:
        self.curves = np.zeros((INITIAL_SLOTS, 1 + CURVE_POINTS))
        self.values = np.full(INITIAL_SLOTS, np.inf)  # inf before the first update, and for `NOBODY`
        self.accepts_anybody = np.zeros(INITIAL_SLOTS, np.bool_)  # since it expires before the next decision
        self._patience_s = np.ones(INITIAL_SLOTS)  # the patience left when the curve was computed
        self._slots = slots
        self._params = params
        self._rates: dict[str, ArrivalRate] = {}  # by pool

    def record_arrival(self, pool_name: str, at: float) -> None:
        """Count an arrival in a pool."""
        rate = self._rates.get(pool_name)
        if rate is None:
            self._rates[pool_name] = ArrivalRate(at, self._params)
        else:
            rate.record_arrival(at)

    def forget_pool(self, name: str) -> None:
        """Drop a pool's arrival rate."""
        del self._rates[name]

    def value_new(self, slot: int, pool: Pool, fits: Floats, others: slice, now: float, *, best_now: float) -> None:
        """Compute the curve of a ticket that has arrived or changed, and its expectations in `pool`.

        `fits` are the fits with the recent arrivals at the places `others`; `best_now` is the result of that method.
        """
        patience_s = max(MIN_PATIENCE_S, float(self._slots.expires[slot]) - now)
        curve = self._curve(self._slots.ticket(slot), pool, fits, others, patience_s)
        self._patience_s[slot] = patience_s
        self.curves[slot] = curve
        self._set_expectations(pool, int(self._slots.place[slot]), curve, best_now)

    def value_past(self, ticket: Ticket, pool: Pool, place: int, fits: Floats, others: slice) -> None:
        """Set the expectations in `pool` of a ticket that no longer waits there."""
        patience_s = (ticket.expires_at - ticket.waiting_since).total_seconds()
        self._set_expectations(pool, place, self._curve(ticket, pool, fits, others, patience_s), 0.0)

    def update_values(self, slots: Ints, left_s: Floats, last: Flags) -> None:
        """Set the reservation values of `slots` for `left_s` seconds of patience left.

        Those flagged `last` expire before the next decision and accept anybody.
        """
        values = reservation_values(self.curves[slots], left_s / self._patience_s[slots])
        values[last] = ACCEPT_ANYBODY
        self.accepts_anybody[slots] = last
        self.values[slots] = values - FRONT_BONUS * self._slots.front[slots]

    def best_now(self, others: Ints, fits: Floats) -> float:
        """The most that a ticket with these `fits` could have immediately: twice the fit minus the partner's value."""
        if not np.count_nonzero(fits):
            return 0.0
        worth = self._worth(others, fits)
        return max(0.0, float(worth[worth.argmax()]))

    def acceptable(self, slot: int, others: Ints, fits: Floats) -> Flags:
        """Which of the waiting tickets `others` are good enough for a ticket with all its patience left."""
        good_enough: Flags = self._worth(others, fits) > self.curves[slot, -1]
        return good_enough

    def _worth(self, others: Ints, fits: Floats) -> Floats:
        # Values below 0 (at the front, or in the last interval) do not make a partner worth more than the fit.
        worth: Floats = 2 * fits - np.maximum(self.values[others], 0.0)
        return worth

    def estimate_wait(
        self, slot: int, pool: Pool, fits: Floats, others: slice, now: float, *, best_now: float
    ) -> WaitEstimate:
        """The wait estimate of a ticket; the arguments are those of `value_new`."""
        left_s = max(MIN_PATIENCE_S, float(self._slots.expires[slot]) - now)
        rate = self._rates[self._slots.ticket(slot).pool]
        return estimate_wait(
            self.curves[slot],
            fits,
            pool.initial_values[others],
            rate.expected_arrivals(self._slots.expires[slot], POINT_SHARES * left_s),
            best_now=best_now,
            left_s=left_s,
            calibration=WAIT_CALIBRATION,
        )

    def clear(self, slot: int) -> None:
        """Make the value of a vacated slot infinite, so that it is not paired."""
        self.values[slot] = np.inf

    def grow(self) -> None:
        """Grow to the number of slots."""
        size = len(self.values)
        columns = (self.curves, self.values, self.accepts_anybody, self._patience_s)
        resize_columns(columns, len(self._slots))
        self.values[size:] = np.inf

    def _curve(self, ticket: Ticket, pool: Pool, fits: Floats, others: slice, patience_s: float) -> Floats:
        left_s = POINT_SHARES * patience_s
        arrivals = self._rates[ticket.pool].expected_arrivals(ticket.expires_at.timestamp(), left_s)
        return reservation_curve(fits, pool.prices[others], arrivals, left_s=left_s, params=self._params)

    def _set_expectations(self, pool: Pool, place: int, curve: Floats, best_now: float) -> None:
        price = competition_price(curve, best_now, self._params)
        pool.set_expectations(place, initial_value=float(curve[-1]), price=price)
