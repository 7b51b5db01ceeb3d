"""What each possible pair is worth now, as a problem to solve: its fit, less what its two may expect of waiting on."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from bot.matching.assignment import AssignmentProblem
from bot.matching.fit_table import Flags, Floats, Ints
from bot.matching.hall import Found
from bot.matching.line import Line, place_in_line

TWO: Final = 2
ZERO, ONE = (np.array([number]) for number in (0, 1))
SCALE: Final = 10_000  # rustworkx weighs in whole numbers


class Edges(NamedTuple):
    """Pairs of slots with their fits; a pair may be there from both sides."""

    one: Ints
    other: Ints
    fits: Floats


def worthwhile(line: Line, slots: Ints) -> Edges:
    """The pairs of these with their candidates that are worth making now."""
    candidates, fits = line.candidates[slots], line.fits[slots]
    rows, columns = (_worth(fits, line.keep[slots][:, None], line.keep[candidates]) > 0).nonzero()
    return Edges(one=slots[rows], other=candidates[rows, columns].astype(np.int64), fits=fits[rows, columns])


def worthwhile_with_all(line: Line, found: Found, *, wanted: Flags, most: int) -> Edges:
    """The same for some with everybody in their pool.

    Of those whom nobody else wants, each gets the `most` best only: where no more than so many look for one, nobody
    loses by it. `wanted` is over all slots.
    """
    slots, others, fits = found
    worth = np.where(fits > 0, _worth(fits, line.keep[slots, None], line.keep[others]), 0.0)
    spare = np.flatnonzero(~wanted[others])
    if len(spare) > most:
        needless = np.argpartition(worth[:, spare], -most, axis=1)[:, :-most]
        np.put_along_axis(worth, spare[needless], 0.0, axis=1)
    rows, columns = np.nonzero(worth > 0)
    return Edges(one=slots[rows], other=others[columns], fits=fits[rows, columns])


def _worth(fits: Floats, mine: Floats, theirs: Floats) -> Floats:
    # Not to be rearranged: with equal fits, who may expect less must not come out behind by a rounding.
    worth: Floats = 2 * fits - (mine + theirs)
    return worth


def problem(line: Line, edges: Sequence[Edges], *, last: Ints) -> AssignmentProblem | None:
    """The problem these pairs pose, if any. Of equals, those in their `last` interval come first, by the line."""
    found = [each for each in edges if len(each.one)]
    if not found:
        return None
    one, other, fits = (np.concatenate(column) for column in zip(*found, strict=True))
    if len(one) == TWO and one[0] == other[1]:
        return _of_two(line, one, fits)
    slots, ends = np.unique(np.concatenate([one, other]), return_inverse=True)
    order = np.lexsort((line.number[slots], line.since[slots], ~line.front[slots]))
    places = np.argsort(order)[ends].reshape(2, -1)
    slots = slots[order]
    first, second = places.min(axis=0), places.max(axis=0)
    _, once = np.unique(first * len(slots) + second, return_index=True)
    first, second, fits = first[once], second[once], fits[once]
    rank = _ranks(np.isin(slots, last))
    weights = _weights(line.keep[slots], first, second, fits)
    return AssignmentProblem(
        slots=slots,
        versions=line.version[slots],
        first=first,
        second=second,
        fits=fits,
        # All ranks together are less than one step of the weights.
        weights=weights * (int(rank.sum()) + 1) + rank[first] + rank[second],
    )


def _of_two(line: Line, slots: Ints, fits: Floats) -> AssignmentProblem:
    """The most frequent problem by far: two who are each other's, and nobody else's."""
    slots = np.array(sorted(slots.tolist(), key=lambda slot: place_in_line(line.ticket(slot))))
    return AssignmentProblem(
        slots=slots, versions=line.version[slots], first=ZERO, second=ONE, fits=fits[:1], weights=ONE
    )


def _weights(keep: Floats, first: Ints, second: Ints, fits: Floats) -> Ints:
    worth = _worth(fits, keep[first], keep[second])
    return np.maximum(1, np.rint(SCALE * worth)).astype(np.int64)


def _ranks(flags: Flags) -> Ints:
    """Numbers for those flagged, the earliest the highest; 0 for the others."""
    return np.where(flags, np.cumsum(flags[::-1])[::-1], 0)
