"""Wait estimates compared with the waits that followed."""

import numpy as np

from bot.matching.parameters import RESERVATION_PARAMS, WAIT_CALIBRATION
from bot.simulate.synthetic_trace import ArrivalShape, TracePlan
from tools.judge.days import BenchmarkDay
from tools.judge.wait_estimates import estimate_table, observe_waits

FEATURES = (1.0, 0.2, 0.3, -0.5, 0.0, 0.0)


def test_waits_after_an_estimate_are_observed() -> None:
    """A row for each matched ticket with an estimate: six features and the wait."""
    rows = observe_waits(
        BenchmarkDay(trace=TracePlan(shape=ArrivalShape.STEADY, rate_per_minute=2.0, members=60), category=("", "")),
        RESERVATION_PARAMS,
    )
    assert rows.shape[1] == len(FEATURES) + 1
    assert 0 < len(rows) < 60
    assert (rows[:, -1] > 0).all()


def test_the_table_has_the_median_wait() -> None:
    """Tickets with the same estimate are one row, with the median of their waits."""
    rows = np.array([[*FEATURES, waited] for waited in (60.0, 120.0, 600.0)])
    assert list(estimate_table(rows, WAIT_CALIBRATION))[2:] == ["| 3 | 3 | 2.00 |"]


def test_a_day_without_a_pair_has_no_rows() -> None:
    """The empty result has the usual number of columns."""
    assert observe_waits(
        BenchmarkDay(trace=TracePlan(shape=ArrivalShape.STEADY, members=1), category=("", "")), RESERVATION_PARAMS
    ).shape == (0, len(FEATURES) + 1)
