"""The regression behind the promise."""

import numpy as np
import pytest

from bot.matching.parameters import WAIT_CALIBRATION
from bot.matching.wait_estimate import predicted_wait_s
from tools.learn.calibration import calibrated


def test_what_follows_from_its_grounds_is_found() -> None:
    """Waits that are as a calibration says lead back to it, though every tenth is far longer."""
    chance = np.random.default_rng(1)
    features = np.column_stack([np.ones(400), chance.normal(size=(400, 5))])
    waits = np.array([predicted_wait_s(row, WAIT_CALIBRATION) for row in features.tolist()])
    told = waits > 1  # below which nothing is said
    waits[::10] *= 20
    found = calibrated(np.column_stack([features, waits])[told])
    assert found.gap == pytest.approx(WAIT_CALIBRATION.gap, abs=0.02)
    assert found.intercept == pytest.approx(WAIT_CALIBRATION.intercept, abs=0.05)
