"""The optimum in hindsight."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.simulate.hindsight import hindsight
from bot.simulate.make import Plan, Shape
from bot.simulate.market import Arrival, Market, value
from tests.simulate.made import made


def best(market: Market, arrivals: Sequence[Arrival]) -> float:
    """The greatest value there is, by trying everything."""
    if len(arrivals) < 2:
        return 0.0
    first, *rest = arrivals
    options = [best(market, rest)]
    for other in rest:
        fits = market.fit(first.ticket, other.ticket)
        if other.comes < first.ends and fits > 0:
            others = [each for each in rest if each is not other]
            options.append(value(fits, other.comes - first.comes) + best(market, others))
    return max(options)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.integers(0, 9), st.sampled_from((0.2, 1.0, 5.0)))
def test_nothing_better_exists(seed: int, people: int, rate: float) -> None:
    """Over all pairs whose waits overlap, with blocks, favourites and meetings."""
    market, arrivals = made(Plan(shape=Shape.STEADY, rate=rate, people=people or 1, seed=seed, pools=2, patience=200))
    assert hindsight(market, arrivals).value == pytest.approx(best(market, arrivals), abs=1e-3)
