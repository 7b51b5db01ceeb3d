"""What was told and whether it held."""

import numpy as np

from bot.matching.parameters import RESERVATION_PARAMS, WAIT_CALIBRATION
from bot.simulate.make import Plan, Shape
from tools.judge.days import Day
from tools.judge.promise import kept, seen

GROUNDS = (1.0, 0.2, 0.3, -0.5, 0.0, 0.0)


def test_those_who_waited_are_seen() -> None:
    """A row for each who was told something and found somebody: six grounds and the wait."""
    rows = seen(Day(trace=Plan(shape=Shape.STEADY, rate=2.0, people=60), kind=("", "")), RESERVATION_PARAMS)
    assert rows.shape[1] == len(GROUNDS) + 1
    assert 0 < len(rows) < 60
    assert (rows[:, -1] > 0).all()


def test_the_table_says_what_came_of_it() -> None:
    """The median of those who were told the same."""
    rows = np.array([[*GROUNDS, waited] for waited in (60.0, 120.0, 600.0)])
    assert list(kept(rows, WAIT_CALIBRATION))[2:] == ["| 3 | 3 | 2.00 |"]


def test_a_day_on_which_nobody_finds_anybody() -> None:
    """Says nothing, in rows like any other's."""
    assert seen(Day(trace=Plan(shape=Shape.STEADY, people=1), kind=("", "")), RESERVATION_PARAMS).shape == (
        0,
        len(GROUNDS) + 1,
    )
