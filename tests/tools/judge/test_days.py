"""The days on which the engine learns and is judged."""

from pathlib import Path

from bot.matching.parameters import RESERVATION_PARAMS
from bot.simulate.synthetic_trace import ArrivalShape, TracePlan, generate_trace
from tools.judge.__main__ import fresh_days
from tools.judge.days import (
    RATES_PER_MINUTE,
    TEST_VARIANTS,
    TRAINING_VARIANTS,
    BenchmarkDay,
    recorded_days,
    standard_days,
    variant_days,
)


def test_training_and_test_days_differ() -> None:
    """Every rate and shape is there, and no day is both for training and for judging."""
    standard = {day.trace for day in standard_days(members=10, seed=1)}
    others = [
        {day.trace for turn in range(12) for day in variant_days(variants, members=10, seed=1, turn=turn)}
        for variants in (TRAINING_VARIANTS, TEST_VARIANTS)
    ]
    assert len(standard) == len(RATES_PER_MINUTE) * len(ArrivalShape)
    assert not standard & others[0] | others[0] & others[1] | standard & others[1]


def test_rates_and_shapes_alternate() -> None:
    """Over four days of a variant every rate occurs once."""
    days = [day for day in fresh_days(4, members=10, variants=True) if day.category[1] == "25 subjects"]
    assert {day.trace.rate_per_minute for day in days if isinstance(day.trace, TracePlan)} == {*RATES_PER_MINUTE}


def test_a_trace_file_is_a_day(tmp_path: Path) -> None:
    """A trace from a file has the same result as when it is generated."""
    plan = TracePlan(shape=ArrivalShape.BURSTY, rate_per_minute=2.0, members=60)
    path = tmp_path / "monday.jsonl"
    path.write_text("\n".join(generate_trace(plan)))
    (day,) = recorded_days([path])
    assert day.category == ("traces", "monday")
    assert (
        day.run_engine(RESERVATION_PARAMS).value
        == BenchmarkDay(trace=plan, category=("", "")).run_engine(RESERVATION_PARAMS).value
    )
