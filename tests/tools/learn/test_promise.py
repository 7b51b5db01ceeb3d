"""The regression behind the promise, and its table."""

import numpy as np
import pytest

from bot.pairing.learned import CALIBRATED, LEARNED
from bot.pairing.promise import wait
from bot.simulate.make import Plan, Shape
from tools.learn.days import Day
from tools.learn.promise import calibrated, kept, seen

GROUNDS = (1.0, 0.2, 0.3, -0.5, 0.0, 0.0)


def test_what_follows_from_its_grounds_is_found() -> None:
    """Waits that are as a calibration says lead back to it, though every tenth is far longer."""
    chance = np.random.default_rng(1)
    grounds = np.column_stack([np.ones(400), chance.normal(size=(400, 5))])
    waits = np.array([wait(row, CALIBRATED) for row in grounds.tolist()])
    told = waits > 1  # below which nothing is said
    waits[::10] *= 20
    found = calibrated(np.column_stack([grounds, waits])[told])
    assert found.by_gap == pytest.approx(CALIBRATED.by_gap, abs=0.02)
    assert found.usual == pytest.approx(CALIBRATED.usual, abs=0.05)


def test_those_who_waited_are_seen() -> None:
    """A row for each who was told something and found somebody: six grounds and the wait."""
    rows = seen(Day(plan=Plan(shape=Shape.STEADY, rate=2.0, people=60)), LEARNED)
    assert rows.shape[1] == len(GROUNDS) + 1
    assert 0 < len(rows) < 60
    assert (rows[:, -1] > 0).all()


def test_the_table_says_what_came_of_it() -> None:
    """The median of those who were told the same."""
    rows = np.array([[*GROUNDS, waited] for waited in (60.0, 120.0, 600.0)])
    assert list(kept(rows, CALIBRATED))[2:] == ["| 3 | 3 | 2.00 |"]
