"""Reservation values: higher with more and better arrivals, lower as patience runs out."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matching.fit_table import Floats
from bot.matching.parameters import RESERVATION_PARAMS
from bot.matching.reservation import (
    CURVE_POINTS,
    MAX_PAIR_VALUE,
    MAX_RESERVATION,
    POINT_SHARES,
    competition_price,
    reservation_curve,
    reservation_values,
)

PATIENCE_S = 840.0
fit_lists = st.lists(st.floats(0, 1), max_size=20).map(np.array)


def curve_for(fits: Floats, *, arrivals: float, price: float = 0.0) -> Floats:
    """The curve of a ticket with these fits with recent arrivals, if `arrivals` are expected within its patience."""
    prices = np.full(len(fits), price)
    left_s = POINT_SHARES * PATIENCE_S
    return reservation_curve(fits, prices, arrivals * POINT_SHARES, left_s=left_s, params=RESERVATION_PARAMS)


@given(fit_lists, st.floats(1e-6, 1e4), st.floats(-1, MAX_PAIR_VALUE))
def test_values_are_never_negative_and_always_below_a_perfect_partner(
    fits: Floats, arrivals: float, price: float
) -> None:
    """Two who suit each other perfectly are always paired."""
    curve = curve_for(fits, arrivals=arrivals, price=price)
    assert curve.shape == (1 + CURVE_POINTS,)
    assert ((curve >= 0) & (curve <= MAX_RESERVATION)).all()


@pytest.mark.parametrize("better", ["arrivals", "fits", "price"])
def test_better_prospects_raise_the_value(better: str) -> None:
    """More arrivals, better fits, or partners with less competition for them."""
    usual: dict[str, Any] = {"fits": np.full(10, 0.7), "arrivals": 3.0, "price": 0.5}
    more: dict[str, Any] = {"arrivals": 9.0, "fits": np.full(10, 0.9), "price": 0.2}
    assert curve_for(**(usual | {better: more[better]}))[-1] > curve_for(**usual)[-1] > 0


def test_the_value_falls_as_patience_runs_out() -> None:
    """It falls from the whole patience to its end, when nothing is left to expect."""
    curves = curve_for(np.full(20, 0.8), arrivals=6.0)[None]
    shares = (1.0, 0.8, 0.5, 0.2, 0.05, 0.0)
    values = [float(reservation_values(curves, np.array([share]))[0]) for share in shares]
    assert all(later <= earlier for earlier, later in pairwise(values))
    assert (values[0], values[-1]) == (curves[0, -1], 0)


def test_a_pool_without_arrivals_expects_the_prior_partners() -> None:
    """They replace the arrivals that have not happened yet."""
    assert curve_for(np.zeros(0), arrivals=6.0)[-1] > 0


def test_the_price_is_a_part_of_the_best_alternative() -> None:
    """A partner who is available now counts if that is worth more than waiting on."""
    curve = curve_for(np.full(10, 0.7), arrivals=3.0)
    weight = RESERVATION_PARAMS.competition_weight
    assert competition_price(curve, 0.0, RESERVATION_PARAMS) == pytest.approx(weight * curve[-1])
    assert competition_price(curve, 1.5, RESERVATION_PARAMS) == pytest.approx(weight * 1.5)
