"""The regression behind the promise."""

import numpy as np
import pytest

from bot.matching.parameters import CALIBRATED
from bot.matching.wait_estimate import wait
from tools.learn.calibration import calibrated


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
