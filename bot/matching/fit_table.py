"""Fits of many pairs at once, looked up in a table over all combinations of level, style, camera and open subject.

`bot.matching.fit` defines the fit; this gives the same numbers, except for rounding, for members without a history.
"""

from typing import Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from bot.domain.ticket import ANY, Camera, Style, Wishes
from bot.matching.fit import Weights

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Number = TypeVar("Number", np.int64, np.float64)

STYLES: Final = tuple(Style)
CAMERAS: Final = tuple(Camera)
NO_LEVEL: Final = 3
LEVEL_COUNT: Final = 4
CODE_COUNT: Final = 2 * LEVEL_COUNT * len(STYLES) * len(CAMERAS)
"""A code combines: whether the subject is open, level, style, camera."""

SAME_SUBJECT_OFFSET: Final = CODE_COUNT
SAME_GROUP_OFFSET: Final = 2 * CODE_COUNT
ROW_STRIDE: Final = 4 * CODE_COUNT
"""The index of a fit: `ROW_STRIDE * my code + their code`, plus the offsets for what both have in common."""


class _CodeColumns(NamedTuple):
    """The meaning of all codes: one column per criterion."""

    subject_open: Flags
    level: Ints
    style: Ints
    camera: Ints


def as_constant(values: NDArray[Number]) -> NDArray[Number]:
    """The same array, made read-only."""
    values.setflags(write=False)
    return values


def encode_wishes(wishes: Wishes) -> int:
    """The code of these wishes, in [0, `CODE_COUNT`)."""
    level = NO_LEVEL if wishes.level is None else int(wishes.level)
    code = int(wishes.subject == ANY) * LEVEL_COUNT + level
    return (code * len(STYLES) + STYLES.index(wishes.style)) * len(CAMERAS) + CAMERAS.index(wishes.camera)


def build_fit_table(weights: Weights) -> Floats:
    """The fit of any two codes, with and without a common subject and a common group; flat, indexed by `ROW_STRIDE`."""
    mine = _code_columns((CODE_COUNT, 1, 1, 1))
    theirs = _code_columns((1, 1, 1, CODE_COUNT))
    same_group = np.array([False, True]).reshape(1, 2, 1, 1)
    same_subject = np.array([False, True]).reshape(1, 1, 2, 1)
    one_way = _one_sided_fits(mine, theirs, same_subject, same_group, weights)
    other_way = _one_sided_fits(theirs, mine, same_subject, same_group, weights)
    total = one_way + other_way
    fits: Floats = np.divide(2 * one_way * other_way, total, out=np.zeros_like(total), where=total > 0)
    return fits.ravel()


def _code_columns(shape: tuple[int, ...]) -> _CodeColumns:
    parts = np.unravel_index(np.arange(CODE_COUNT), (2, LEVEL_COUNT, len(STYLES), len(CAMERAS)))
    subject, level, style, camera = (part.reshape(shape) for part in parts)
    return _CodeColumns(subject_open=subject == 1, level=level, style=style, camera=camera)


def _one_sided_fits(
    mine: _CodeColumns, theirs: _CodeColumns, same_subject: Flags, same_group: Flags, weights: Weights
) -> Floats:
    preference = np.where(mine.subject_open | same_subject, 1.0, np.where(theirs.subject_open, 0.5, 0.0))
    subject = np.where(same_group, np.maximum(preference, 0.5), preference)
    closeness = 1 - np.abs(mine.level - theirs.level) / 2
    level = np.where(mine.level == NO_LEVEL, 1.0, np.where(theirs.level == NO_LEVEL, 0.5, closeness))
    score = (
        weights.subject * subject
        + weights.style * _preferences(mine.style, theirs.style, STYLES.index(Style.ANY))
        + weights.level * level
        + weights.camera * _preferences(mine.camera, theirs.camera, CAMERAS.index(Camera.ANY))
        + weights.novelty
    )
    return np.minimum(1.0, score)


def _preferences(mine: Ints, theirs: Ints, any_index: int) -> Floats:
    return np.where((mine == any_index) | (mine == theirs), 1.0, np.where(theirs == any_index, 0.5, 0.0))
