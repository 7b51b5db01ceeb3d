"""The table that compares policies."""

from collections.abc import Sequence

from bot.matching.parameters import RESERVATION_PARAMS
from bot.simulate.baselines import BASELINES, BEST_PAIR_AT_ONCE, LOAD_ADAPTIVE
from bot.simulate.report import ENGINE
from bot.simulate.synthetic_trace import ArrivalShape, TracePlan
from tests.tools.judge.fake_statistics import fake_statistics
from tools.judge.days import BenchmarkDay
from tools.judge.table import JudgedDay, comparison_table, judge_day

AT_ONCE = fake_statistics(share=0.6, matched=98, rarest_value=0.4)
ADAPTIVE = fake_statistics(share=0.8, matched=95)


def cells_of(line: str) -> Sequence[str]:
    """The cells of a Markdown row."""
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_rows_have_means_and_differences() -> None:
    """Means over each category and over all, with the differences to the two baselines."""
    days = [
        JudgedDay(
            category=("2 a minute", shape),
            by_policy={
                BEST_PAIR_AT_ONCE: AT_ONCE,
                LOAD_ADAPTIVE: ADAPTIVE,
                ENGINE: fake_statistics(share=share, matched=matched),
            },
        )
        for shape, share, matched in (("steady", 0.9, 93), ("steady", 0.8, 95), ("day", 0.85, 98))
    ]
    rows = [cells_of(line) for line in list(comparison_table(days))[1:] if "|---" not in line]
    engine = {name: rest for name, policy, *rest in rows if policy == ENGINE}
    assert list(engine) == ["2 a minute, steady (2)", "2 a minute, day (1)", "2 a minute, all (3)"]
    share, gain, matched, too_few, half, _, _, _, rare, half_rare, worth = engine["2 a minute, steady (2)"]
    assert (share, gain, matched, too_few) == ("0.8500", "+0.0500 (0.0500)", "0.940", "1")
    assert (half, rare, half_rare, worth) == ("1.00", "0.900", "-", "0.500 +0.1000 (0.0000)")


def test_every_policy_is_judged() -> None:
    """The four baselines and the engine, on the same day."""
    day = BenchmarkDay(
        trace=TracePlan(shape=ArrivalShape.STEADY, rate_per_minute=2.0, members=60), category=("2", "steady")
    )
    judged = judge_day(day, RESERVATION_PARAMS)
    assert [*judged.by_policy] == [*BASELINES, ENGINE]
    assert len({day.value for day in judged.by_policy.values()}) == len(judged.by_policy)
    assert len({day.optimum for day in judged.by_policy.values()}) == 1
