"""Learning: steps, gains, the search, and the module that is written."""

from dataclasses import replace

import pytest

from bot.matching.parameters import RESERVATION_PARAMS, WAIT_CALIBRATION
from bot.matching.reservation import ReservationParams
from bot.matching.wait_estimate import Calibration
from bot.simulate.baselines import BEST_PAIR_AT_ONCE, LOAD_ADAPTIVE
from bot.simulate.day_statistics import DayStatistics
from bot.simulate.synthetic_trace import ArrivalShape, TracePlan
from tests.tools.judge.fake_statistics import fake_statistics
from tools.judge.days import FIRST_FRESH_SEED, BenchmarkDay, standard_days
from tools.learn.__main__ import MODULE, module_source, training_days
from tools.learn.search import FACTORS, LOSS_PENALTY, STEPS, apply_steps, measure_gains, search_parameters

DAY = BenchmarkDay(trace=TracePlan(shape=ArrivalShape.STEADY, rate_per_minute=2.0, members=60), category=("", ""))


class FakeDay(BenchmarkDay):
    """A day with fixed results; the engine matches the share that the parameter `surplus_share` says."""

    def run_baseline(self, name: str) -> DayStatistics:
        return {
            LOAD_ADAPTIVE: fake_statistics(share=0.8, matched=90),
            BEST_PAIR_AT_ONCE: fake_statistics(share=0.7, matched=95),
        }[name]

    def run_engine(self, params: ReservationParams) -> DayStatistics:
        return fake_statistics(share=0.85, matched=round(100 * params.surplus_share))


def test_a_step_changes_one_parameter() -> None:
    """Without steps nothing changes; one step changes just its own parameter."""
    steps = [0.0] * (len(FACTORS) + len(STEPS))
    assert apply_steps(RESERVATION_PARAMS, steps) == RESERVATION_PARAMS
    one = apply_steps(RESERVATION_PARAMS, [1.0, *steps[1:]])
    assert one.rate_memory_s > RESERVATION_PARAMS.rate_memory_s
    assert replace(one, rate_memory_s=RESERVATION_PARAMS.rate_memory_s) == RESERVATION_PARAMS


@pytest.mark.parametrize(("matched", "gain"), [(0.95, 0.05), (0.93, 0.05), (0.90, 0.05 - 0.025 * LOSS_PENALTY)])
def test_unmatched_members_are_penalized(matched: float, gain: float) -> None:
    """Matching slightly fewer than the best pair at once costs nothing, each further member much."""
    day = FakeDay(trace=DAY.trace, category=DAY.category)
    assert measure_gains(day, [replace(RESERVATION_PARAMS, surplus_share=matched)])[0] == pytest.approx(gain)


def test_the_written_module_has_the_found_values() -> None:
    """The module holds the values, rounded to four digits."""
    found: dict[str, ReservationParams | Calibration] = {}
    params = replace(RESERVATION_PARAMS, surplus_share=0.123456)
    calibration = replace(WAIT_CALIBRATION, long_wait=-0.7)
    exec(module_source(params, calibration), found)  # noqa: S102 -- our own source
    assert found["RESERVATION_PARAMS"] == replace(params, surplus_share=0.1235)
    assert found["WAIT_CALIBRATION"] == calibration


def test_writing_the_current_values_changes_nothing() -> None:
    """The module as it stands is what learning writes for its values."""
    assert module_source(RESERVATION_PARAMS, WAIT_CALIBRATION) == MODULE.read_text(encoding="utf-8")


def test_a_search_improves_bad_parameters() -> None:
    """From parameters that demand far too much the search improves, and reports each round."""
    lines: list[str] = []
    start = replace(RESERVATION_PARAMS, surplus_share=0.99, arrival_multiplier=20.0)
    found = search_parameters(start, lambda _: [DAY], rounds=2, seed=1, report=lines.append)
    assert len(lines) == 2
    before, after = measure_gains(DAY, [start, found])
    assert after > before


def test_no_day_is_used_twice() -> None:
    """Each round of each search has days of its own, and none that is for judging."""
    fresh = {day.trace for number in range(5) for day in standard_days(members=10, seed=FIRST_FRESH_SEED + number)}
    rounds = [
        {day.trace for day in training_days(number, members=10, search=search)}
        for search in (1, 2)
        for number in range(9)
    ]
    assert len(fresh.union(*rounds)) == len(fresh) + sum(map(len, rounds))
