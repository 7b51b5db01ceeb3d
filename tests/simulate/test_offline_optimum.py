"""The offline optimum: no other matching of the day has a greater value."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.simulate.market import Arrival, Market, match_value
from bot.simulate.offline_optimum import offline_optimum
from bot.simulate.synthetic_trace import ArrivalShape, TracePlan
from tests.simulate.trace_lines import read_synthetic


def exhaustive_optimum(market: Market, arrivals: Sequence[Arrival]) -> float:
    """The greatest value, found by trying every matching."""
    if len(arrivals) < 2:
        return 0.0
    first, *rest = arrivals
    options = [exhaustive_optimum(market, rest)]
    for other in rest:
        fits = market.fit(first.ticket, other.ticket)
        if other.arrives_at < first.leaves_at and fits > 0:
            others = [each for each in rest if each is not other]
            options.append(match_value(fits, other.arrives_at - first.arrives_at) + exhaustive_optimum(market, others))
    return max(options)


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(0, 9), st.sampled_from((0.2, 1.0, 5.0)))
def test_no_matching_is_better(seed: int, members: int, rate: float) -> None:
    """The optimum equals that of an exhaustive search, with blocks, favourites and earlier meetings."""
    plan = TracePlan(
        shape=ArrivalShape.STEADY,
        rate_per_minute=rate,
        members=members or 1,
        seed=seed,
        pools=2,
        median_patience_s=200,
    )
    market, arrivals = read_synthetic(plan)
    assert offline_optimum(market, arrivals).value == pytest.approx(exhaustive_optimum(market, arrivals), abs=1e-3)
