"""Fit of many at once: a table over everything two tickets can be to each other, built from the weights.

`bot.matching.fit` says what a fit is; this is the same to the last bits, for two who have no history.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.domain.ticket import ANY, Camera, Style, Wishes
from bot.matching.fit import Weights

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

STYLES: Final = tuple(Style)
CAMERAS: Final = tuple(Camera)
NO_LEVEL: Final = 3
LEVELS: Final = 4
CODES: Final = 2 * LEVELS * len(STYLES) * len(CAMERAS)
"""A code says whether the subject is open, and the level, style and camera."""

SAME_SUBJECT: Final = CODES
SAME_GROUP: Final = 2 * CODES
ROW: Final = 4 * CODES
"""Where in the table: `ROW * my code + their code`, `+ SAME_SUBJECT`, `+ SAME_GROUP` where they are the same."""


class _Side(NamedTuple):
    """What a code stands for, as columns over all codes."""

    open: Flags
    level: Ints
    style: Ints
    camera: Ints


def code(wishes: Wishes) -> int:
    """The code of these wishes, below `CODES`."""
    level = NO_LEVEL if wishes.level is None else int(wishes.level)
    whole = int(wishes.subject == ANY) * LEVELS + level
    return (whole * len(STYLES) + STYLES.index(wishes.style)) * len(CAMERAS) + CAMERAS.index(wishes.camera)


def build_fit_table(weights: Weights) -> Floats:
    """The fit of any two codes, by whether their subjects and their groups are the same; flat, see `ROW`."""
    mine = _side((CODES, 1, 1, 1))
    theirs = _side((1, 1, 1, CODES))
    same_group = np.array([False, True]).reshape(1, 2, 1, 1)
    same_subject = np.array([False, True]).reshape(1, 1, 2, 1)
    one_way = _one(mine, theirs, same_subject, same_group, weights)
    other_way = _one(theirs, mine, same_subject, same_group, weights)
    total = one_way + other_way
    fits: Floats = np.divide(2 * one_way * other_way, total, out=np.zeros_like(total), where=total > 0)
    return fits.ravel()


def _side(shape: tuple[int, ...]) -> _Side:
    parts = np.unravel_index(np.arange(CODES), (2, LEVELS, len(STYLES), len(CAMERAS)))
    subject, level, style, camera = (part.reshape(shape) for part in parts)
    return _Side(open=subject == 1, level=level, style=style, camera=camera)


def _one(mine: _Side, theirs: _Side, same_subject: Flags, same_group: Flags, weights: Weights) -> Floats:
    wanted = np.where(mine.open | same_subject, 1.0, np.where(theirs.open, 0.5, 0.0))
    subject = np.where(same_group, np.maximum(wanted, 0.5), wanted)
    apart = 1 - np.abs(mine.level - theirs.level) / 2
    level = np.where(mine.level == NO_LEVEL, 1.0, np.where(theirs.level == NO_LEVEL, 0.5, apart))
    score = (
        weights.subject * subject
        + weights.style * _want(mine.style, theirs.style, STYLES.index(Style.ANY))
        + weights.level * level
        + weights.camera * _want(mine.camera, theirs.camera, CAMERAS.index(Camera.ANY))
        + weights.novelty
    )
    return np.minimum(1.0, score)


def _want(mine: Ints, theirs: Ints, anything: int) -> Floats:
    return np.where((mine == anything) | (mine == theirs), 1.0, np.where(theirs == anything, 0.5, 0.0))
