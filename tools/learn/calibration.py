"""The promise's numbers, by regression from waits that were seen."""

from dataclasses import fields
from typing import Final

import numpy as np

from bot.matching.fit_table import Floats
from bot.matching.wait_estimate import REFERENCE_WAIT_S, WAIT_OFFSET_S, Calibration

TURNS: Final = 60  # of the regression; more change nothing in the third digit
NEAR: Final = 0.02  # deviations below which one is as good as another, so that none weighs everything


def calibrated(rows: Floats) -> Calibration:
    """The median of the waits that were seen, by their features: the least sum of deviations of their logarithm."""
    features, deviations = rows[:, :-1], np.log((rows[:, -1] + WAIT_OFFSET_S) / REFERENCE_WAIT_S)
    weights = np.ones(len(rows))
    parts: Floats = np.zeros(features.shape[1])
    for _ in range(TURNS):
        parts = np.asarray(
            np.linalg.lstsq(features * weights[:, None], deviations * weights, rcond=None)[0], np.float64
        )
        weights = np.maximum(np.abs(deviations - features @ parts), NEAR) ** -0.5
    names = (part.name for part in fields(Calibration))
    return Calibration(**dict(zip(names, parts.tolist(), strict=True)))
