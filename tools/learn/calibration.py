"""Calibrates the wait estimate by a regression on observed waits."""

from dataclasses import fields
from typing import Final

import numpy as np

from bot.matching.fit_table import Floats
from bot.matching.wait_estimate import REFERENCE_WAIT_S, WAIT_OFFSET_S, Calibration

ITERATIONS: Final = 60  # more iterations change nothing in the third digit
SMALLEST_RESIDUAL: Final = 0.02  # smaller errors count as this, so that no single wait dominates


def fit_calibration(rows: Floats) -> Calibration:
    """Least absolute deviations of the waits' logarithms, by iteratively reweighted least squares.

    `rows` are those of `observe_waits`: the features of each estimate, then the seconds waited. The estimate is then
    the median of the waits with these features.
    """
    features, targets = rows[:, :-1], np.log((rows[:, -1] + WAIT_OFFSET_S) / REFERENCE_WAIT_S)
    weights = np.ones(len(rows))
    coefficients: Floats = np.zeros(features.shape[1])
    for _ in range(ITERATIONS):
        solution = np.linalg.lstsq(features * weights[:, None], targets * weights, rcond=None)[0]
        coefficients = np.asarray(solution, np.float64)
        weights = np.maximum(np.abs(targets - features @ coefficients), SMALLEST_RESIDUAL) ** -0.5
    names = (field.name for field in fields(Calibration))
    return Calibration(**dict(zip(names, coefficients.tolist(), strict=True)))
