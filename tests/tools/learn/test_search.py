"""Learning: what is moved, what counts, and that a search finds its way."""

from dataclasses import replace

import pytest

from bot.matching.parameters import RESERVATION_PARAMS, WAIT_CALIBRATION
from bot.matching.reservation import ReservationParams
from bot.matching.wait_estimate import Calibration
from bot.simulate.baselines import BEST_AT_ONCE, LOAD_ADAPTIVE
from bot.simulate.figures import Figures
from bot.simulate.make import Plan, Shape
from tests.tools.judge.made import fared
from tools.judge.days import FRESH, Day, usual
from tools.learn.__main__ import days_of, source
from tools.learn.search import FACTORS, FAULT, STEPS, merits, moved, search

DAY = Day(trace=Plan(shape=Shape.STEADY, rate=2.0, people=60), kind=("", ""))


class Told(Day):
    """A day on which the rules fare as they are told."""

    def simple(self, rule: str) -> Figures:
        return {LOAD_ADAPTIVE: fared(share=0.8, matched=90), BEST_AT_ONCE: fared(share=0.7, matched=95)}[rule]

    def ours(self, learned: ReservationParams) -> Figures:
        return fared(share=0.85, matched=round(100 * learned.surplus_share))


def test_no_step_is_where_it_began() -> None:
    """And a step changes just its own constant."""
    steps = [0.0] * (len(FACTORS) + len(STEPS))
    assert moved(RESERVATION_PARAMS, steps) == RESERVATION_PARAMS
    one = moved(RESERVATION_PARAMS, [1.0, *steps[1:]])
    assert one.rate_memory_s > RESERVATION_PARAMS.rate_memory_s
    assert replace(one, rate_memory_s=RESERVATION_PARAMS.rate_memory_s) == RESERVATION_PARAMS


@pytest.mark.parametrize(("matched", "worth"), [(0.95, 0.05), (0.93, 0.05), (0.90, 0.05 - 0.025 * FAULT)])
def test_leaving_people_over_is_no_gain(matched: float, worth: float) -> None:
    """Up to five of two hundred fewer than by the best pair at once cost nothing, each further one much."""
    told = Told(trace=DAY.trace, kind=DAY.kind)
    assert merits(told, [replace(RESERVATION_PARAMS, surplus_share=matched)])[0] == pytest.approx(worth)


def test_what_is_written_is_what_was_found() -> None:
    """The module holds the constants to four digits."""
    found: dict[str, ReservationParams | Calibration] = {}
    exec(source(replace(RESERVATION_PARAMS, surplus_share=0.123456), replace(WAIT_CALIBRATION, long_wait=-0.7)), found)  # noqa: S102 -- our own source
    assert found["RESERVATION_PARAMS"] == replace(RESERVATION_PARAMS, surplus_share=0.1235)
    assert found["WAIT_CALIBRATION"] == replace(WAIT_CALIBRATION, long_wait=-0.7)


def test_a_search_goes_where_it_is_better() -> None:
    """From constants that keep far too much it comes back some way, and tells each round."""
    told: list[str] = []
    start = replace(RESERVATION_PARAMS, surplus_share=0.99, arrival_multiplier=20.0)
    found = search(start, lambda _: [DAY], rounds=2, seed=1, tell=told.append)
    assert len(told) == 2
    before, after = merits(DAY, [start, found])
    assert after > before


def test_no_day_is_seen_twice() -> None:
    """Each round of each search has days of its own, and none of those it is judged on."""
    fresh = {day.trace for number in range(5) for day in usual(people=10, seed=FRESH + number)}
    rounds = [
        {day.trace for day in days_of(number, people=10, search=search)} for search in (1, 2) for number in range(9)
    ]
    assert len(fresh.union(*rounds)) == len(fresh) + sum(map(len, rounds))
