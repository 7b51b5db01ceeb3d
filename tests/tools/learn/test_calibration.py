"""The regression that calibrates the wait estimate."""

import numpy as np
import pytest

from bot.matching.parameters import WAIT_CALIBRATION
from bot.matching.wait_estimate import predicted_wait_s
from tools.learn.calibration import fit_calibration


def test_the_coefficients_are_recovered() -> None:
    """Waits computed from a calibration lead back to it, although every tenth is far longer."""
    rng = np.random.default_rng(1)
    features = np.column_stack([np.ones(400), rng.normal(size=(400, 5))])
    waits = np.array([predicted_wait_s(row, WAIT_CALIBRATION) for row in features.tolist()])
    positive = waits > 1  # shorter ones are cut off
    waits[::10] *= 20
    found = fit_calibration(np.column_stack([features, waits])[positive])
    assert found.gap == pytest.approx(WAIT_CALIBRATION.gap, abs=0.02)
    assert found.intercept == pytest.approx(WAIT_CALIBRATION.intercept, abs=0.05)
