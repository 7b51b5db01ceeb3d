"""What waiting on is worth: more where more and better partners come, less as patience runs out, never everything."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matching.fit_table import Floats
from bot.matching.parameters import RESERVATION_PARAMS
from bot.matching.reservation import BOUND, HIGHEST, POINTS, SHARES, curve, keep, price

PATIENCE_S = 840.0
fits = st.lists(st.floats(0, 1), max_size=20).map(np.array)


def drawn(those: Floats, *, coming: float, prices: float = 0.0) -> Floats:
    """The curve of somebody who fits those who came lately so well, when so many come within their patience."""
    costs = np.full(len(those), prices)
    return curve(those, costs, coming * SHARES, left=SHARES * PATIENCE_S, learned=RESERVATION_PARAMS)


@given(fits, st.floats(1e-6, 1e4), st.floats(-1, BOUND))
def test_it_is_never_negative_and_never_worth_a_perfect_partner(those: Floats, coming: float, prices: float) -> None:
    """Whatever has come and will come; two who suit each other perfectly are always put together."""
    worth = drawn(those, coming=coming, prices=prices)
    assert worth.shape == (1 + POINTS,)
    assert ((worth >= 0) & (worth <= HIGHEST)).all()


@pytest.mark.parametrize("better", ["coming", "fits", "prices"])
def test_the_more_may_be_expected_the_more_is_kept(better: str) -> None:
    """More who come, who fit better, or who have less to expect elsewhere."""
    usual: dict[str, Any] = {"those": np.full(10, 0.7), "coming": 3.0, "prices": 0.5}
    more: dict[str, Any] = {"coming": {"coming": 9.0}, "fits": {"those": np.full(10, 0.9)}, "prices": {"prices": 0.2}}
    assert drawn(**(usual | more[better]))[-1] > drawn(**usual)[-1] > 0


def test_it_falls_as_patience_runs_out() -> None:
    """From the whole patience to its end, where nothing is left to expect."""
    curves = drawn(np.full(20, 0.8), coming=6.0)[None]
    shares = (1.0, 0.8, 0.5, 0.2, 0.05, 0.0)
    worth = [float(keep(curves, np.array([share]))[0]) for share in shares]
    assert all(later <= earlier for earlier, later in pairwise(worth))
    assert (worth[0], worth[-1]) == (curves[0, -1], 0)


def test_a_pool_that_has_seen_nobody_expects_the_usual() -> None:
    """Made-up partners stand in for those who have not come yet."""
    assert drawn(np.zeros(0), coming=6.0)[-1] > 0


def test_a_price_is_a_part_of_the_best_there_is() -> None:
    """What could be had at once counts where it is more than what waiting on is worth."""
    whole = drawn(np.full(10, 0.7), coming=3.0)
    assert price(whole, 0.0, RESERVATION_PARAMS) == pytest.approx(RESERVATION_PARAMS.competition_weight * whole[-1])
    assert price(whole, 1.5, RESERVATION_PARAMS) == pytest.approx(RESERVATION_PARAMS.competition_weight * 1.5)
