"""Learning: what is moved, what counts, and that a search finds its way."""

from dataclasses import replace

import pytest

from bot.pairing.keep import Learned
from bot.pairing.learned import CALIBRATED, LEARNED
from bot.pairing.promise import Calibration
from bot.simulate.make import Plan, Shape
from tools.learn.__main__ import FRESH, days_of, judged, source
from tools.learn.days import Day, Score, usual, wide
from tools.learn.search import FACTORS, FAULT, STEPS, merit, moved, search

DAY = Day(plan=Plan(shape=Shape.STEADY, rate=2.0, people=60))


class Told(Day):
    """A day on which scores are as they are told."""

    adaptive = Score(value=0.8, matched=0.9)
    at_once = Score(value=0.7, matched=0.95)

    def ours(self, learned: Learned) -> Score:
        return Score(value=0.85, matched=learned.share)


def test_no_step_is_where_it_began() -> None:
    """And a step changes just its own constant."""
    steps = [0.0] * (len(FACTORS) + len(STEPS))
    assert moved(LEARNED, steps) == LEARNED
    one = moved(LEARNED, [1.0, *steps[1:]])
    assert one.memory_s > LEARNED.memory_s
    assert replace(one, memory_s=LEARNED.memory_s) == LEARNED


@pytest.mark.parametrize(("matched", "worth"), [(0.95, 0.05), (0.92, 0.05), (0.90, 0.05 - 0.02 * FAULT)])
def test_leaving_people_over_is_no_gain(matched: float, worth: float) -> None:
    """Up to three of a hundred fewer than by the best pair at once cost nothing, each further one much."""
    assert merit(Told(plan=DAY.plan), replace(LEARNED, share=matched)) == pytest.approx(worth)


def test_days_differ() -> None:
    """Every rate and shape is there, and the wide family has none of the usual days."""
    plain, others = ({day.plan for day in kind(people=10, seed=1)} for kind in (usual, wide))
    assert len(plain) == len(others) == 12
    assert not plain & others


def test_what_is_written_is_what_was_found() -> None:
    """The module holds the constants to four digits."""
    found: dict[str, Learned | Calibration] = {}
    exec(source(replace(LEARNED, share=0.123456), replace(CALIBRATED, long=-0.7)), found)  # noqa: S102 -- our own source
    assert found["LEARNED"] == replace(LEARNED, share=0.1235)
    assert found["CALIBRATED"] == replace(CALIBRATED, long=-0.7)


def test_a_search_goes_where_it_is_better() -> None:
    """From constants that keep far too much it comes back some way, and tells each round."""
    told: list[str] = []
    start = replace(LEARNED, share=0.9, reach=6.0)
    found = search(start, lambda _: [DAY], rounds=2, seed=1, tell=told.append)
    assert len(told) == 2
    assert merit(DAY, found) > merit(DAY, start)


def test_no_day_is_seen_twice() -> None:
    """Each round of each search has days of its own, and none of those it is judged on."""
    fresh = {day.plan for number in range(5) for day in usual(people=10, seed=FRESH + number)}
    rounds = [
        {day.plan for day in days_of(number, people=10, search=search)} for search in (1, 2) for number in range(9)
    ]
    assert len(fresh.union(*rounds)) == len(fresh) + sum(map(len, rounds))


def test_the_table() -> None:
    """A row a rate and shape and one for the rate, each with the gain."""
    lines = list(judged(LEARNED, [DAY]))
    assert [line.split("|")[2].strip() for line in lines[2:]] == ["steady", "all"]
