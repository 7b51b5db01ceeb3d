"""The table of rules."""

from collections.abc import Sequence

from bot.matching.parameters import RESERVATION_PARAMS
from bot.simulate.baselines import BASELINES, BEST_AT_ONCE, LOAD_ADAPTIVE
from bot.simulate.make import Plan, Shape
from bot.simulate.report import OURS
from tests.tools.judge.made import fared
from tools.judge.days import Day
from tools.judge.table import Judged, judge, table

AT_ONCE = fared(share=0.6, matched=98, worth=0.4)
ADAPTIVE = fared(share=0.8, matched=95)


def cells(line: str) -> Sequence[str]:
    """What stands between the bars."""
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_means_and_differences() -> None:
    """Over the days of a kind, then over all of the general kind, each rule beside the two it is measured by."""
    days = [
        Judged(
            kind=("2 a minute", shape),
            rules={BEST_AT_ONCE: AT_ONCE, LOAD_ADAPTIVE: ADAPTIVE, OURS: fared(share=share, matched=matched)},
        )
        for shape, share, matched in (("steady", 0.9, 93), ("steady", 0.8, 95), ("day", 0.85, 98))
    ]
    rows = [cells(line) for line in list(table(days))[1:] if "|---" not in line]
    ours = {name: rest for name, rule, *rest in rows if rule == OURS}
    assert list(ours) == ["2 a minute, steady (2)", "2 a minute, day (1)", "2 a minute, all (3)"]
    share, gain, matched, too_few, half, _, _, _, rare, half_rare, worth = ours["2 a minute, steady (2)"]
    assert (share, gain, matched, too_few) == ("0.8500", "+0.0500 (0.0500)", "0.940", "1")
    assert (half, rare, half_rare, worth) == ("1.00", "0.900", "-", "0.500 +0.1000 (0.0000)")


def test_every_rule_is_judged() -> None:
    """The four simple ones and ours, on the same day."""
    day = Day(trace=Plan(shape=Shape.STEADY, rate=2.0, people=60), kind=("2", "steady"))
    judged = judge(day, RESERVATION_PARAMS)
    assert [*judged.rules] == [*BASELINES, OURS]
    assert len({figures.value for figures in judged.rules.values()}) == len(judged.rules)
    assert len({figures.hindsight for figures in judged.rules.values()}) == 1
