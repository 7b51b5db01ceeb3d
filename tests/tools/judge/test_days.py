"""The days."""

from pathlib import Path

from bot.matching.parameters import RESERVATION_PARAMS
from bot.simulate.make import Plan, Shape, make
from tools.judge.__main__ import made
from tools.judge.days import JUDGED_ON, LEARNED_FROM, RATES, Day, recorded, usual, wide


def test_days_differ() -> None:
    """Every rate and shape is there; no other day is a usual one, nor is one judged on that is learned from."""
    plain = {day.trace for day in usual(people=10, seed=1)}
    others = [
        {day.trace for turn in range(12) for day in wide(kinds, people=10, seed=1, turn=turn)}
        for kinds in (LEARNED_FROM, JUDGED_ON)
    ]
    assert len(plain) == len(RATES) * len(Shape)
    assert not plain & others[0] | others[0] & others[1] | plain & others[1]


def test_rates_and_shapes_take_turns() -> None:
    """Over four days of a kind every rate has come once."""
    days = [day for day in made(4, people=10, others=True) if day.kind[1] == "25 subjects"]
    assert {day.trace.rate for day in days if isinstance(day.trace, Plan)} == {*RATES}


def test_a_trace_is_a_day(tmp_path: Path) -> None:
    """What is read from a file fares as it does when it is made."""
    plan = Plan(shape=Shape.BURSTY, rate=2.0, people=60)
    path = tmp_path / "monday.jsonl"
    path.write_text("\n".join(make(plan)))
    (day,) = recorded([path])
    assert day.kind == ("traces", "monday")
    assert day.ours(RESERVATION_PARAMS).value == Day(trace=plan, kind=("", "")).ours(RESERVATION_PARAMS).value
