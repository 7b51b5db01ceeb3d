"""Which pairs are worth making now, and the choice among them so that no two share a ticket.

A pair is worth making when twice its fit exceeds both reservation values together; its weight is the surplus. The
choice is a maximum-weight matching. The problem is plain arrays, so a large one can be solved in another process.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import rustworkx

from bot.matching.fit_table import Flags, Floats, Ints, as_constant
from bot.matching.queue import PoolFits, Queue
from bot.matching.queue_columns import queue_position

BOTH_WAYS: Final = 2
ZERO, ONE = (as_constant(np.array([number])) for number in (0, 1))
WEIGHT_SCALE: Final = 10_000
"""rustworkx needs whole numbers as weights: this many per unit of value."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class AssignmentProblem:
    """Possible pairs: `first` and `second` are indices into `slots`, which are in queue order.

    `fits` are in [0, 1], `weights` whole numbers above 0; both have the shape of `first`. `versions` are the versions
    of the slots when the problem was posed: a later change can be detected.
    """

    slots: Ints
    versions: Ints
    first: Ints
    second: Ints
    fits: Floats
    weights: Ints

    def __len__(self) -> int:
        return len(self.slots)


class PossiblePairs(NamedTuple):
    """Pairs of slots with their fits, arrays of one shape. A pair may be listed twice, from both sides."""

    one: Ints
    other: Ints
    fits: Floats


def pairs_with_candidates(queue: Queue, slots: Ints, now: float) -> PossiblePairs:
    """The pairs of `slots` with their candidates that are worth making now, without opposite styles that must wait."""
    candidates, fits = queue.candidates.lists[slots], queue.candidates.fits[slots]
    values = queue.valuation.values
    rows, columns = (_surplus(fits, values[slots][:, None], values[candidates]) > 0).nonzero()
    found = PossiblePairs(one=slots[rows], other=candidates[rows, columns].astype(np.int64), fits=fits[rows, columns])
    return _without_waiting_opposites(queue, found, now)


def _without_waiting_opposites(queue: Queue, found: PossiblePairs, now: float) -> PossiblePairs:
    one, other, fits = found
    if not np.count_nonzero(queue.slots.have_opposite_styles(one, other)):
        return found
    anybody = queue.valuation.accepts_anybody
    allowed = (queue.slots.pairable_from(one, other) <= now) | anybody[one] | anybody[other]
    return PossiblePairs(one=one[allowed], other=other[allowed], fits=fits[allowed])


def pairs_with_everybody(queue: Queue, found: PoolFits, *, wanted: Flags, limit: int) -> PossiblePairs:
    """The pairs of tickets that accept anybody with everybody in their pool that are worth making now.

    `wanted` flags, among all slots, those that are in another possible pair. Of the unflagged ones each ticket gets its
    `limit` best only, which loses nothing if at most `limit` tickets are looking for a partner.
    """
    slots, others, fits = found
    values = queue.valuation.values
    surplus = np.where(fits > 0, _surplus(fits, values[slots, None], values[others]), 0.0)
    spare = np.flatnonzero(~wanted[others])
    if len(spare) > limit:
        needless = np.argpartition(surplus[:, spare], -limit, axis=1)[:, :-limit]
        np.put_along_axis(surplus, spare[needless], 0.0, axis=1)
    rows, columns = np.nonzero(surplus > 0)
    return PossiblePairs(one=slots[rows], other=others[columns], fits=fits[rows, columns])


def pose_assignment(queue: Queue, found: Sequence[PossiblePairs], *, last: Ints) -> AssignmentProblem | None:
    """The problem that these pairs pose, or None if there are none.

    Among solutions of equal weight, the slots in `last` come first, in queue order.
    """
    found = [pairs for pairs in found if len(pairs.one)]
    if not found:
        return None
    one, other, fits = (np.concatenate(column) for column in zip(*found, strict=True))
    if len(one) == BOTH_WAYS and one[0] == other[1]:
        return _problem_of_one_pair(queue, one, fits)
    slots, first, second = _in_queue_order(queue, one, other)
    _, once = np.unique(first * len(slots) + second, return_index=True)
    first, second, fits = first[once], second[once], fits[once]
    values = queue.valuation.values[slots]
    surplus = _surplus(fits, values[first], values[second])
    weights = np.maximum(1, np.rint(WEIGHT_SCALE * surplus)).astype(np.int64)
    rank = _ranks(np.isin(slots, last))
    return AssignmentProblem(
        slots=slots,
        versions=queue.slots.version[slots],
        first=first,
        second=second,
        fits=fits,
        # The sum of all ranks stays below one unit of weight.
        weights=weights * (int(rank.sum()) + 1) + rank[first] + rank[second],
    )


def _surplus(fits: Floats, mine: Floats, theirs: Floats) -> Floats:
    # Keep this order of operations: between equal fits, rounding must not put the lower reservation value behind.
    surplus: Floats = 2 * fits - (mine + theirs)
    return surplus


def _problem_of_one_pair(queue: Queue, slots: Ints, fits: Floats) -> AssignmentProblem:
    """The most frequent problem, solved quickly: two tickets that are each other's only candidates."""
    slots = np.array(sorted(slots.tolist(), key=lambda slot: queue_position(queue.slots.ticket(slot))))
    return AssignmentProblem(
        slots=slots,
        versions=queue.slots.version[slots],
        first=ZERO,
        second=ONE,
        fits=fits[:1],
        weights=ONE,
    )


def _in_queue_order(queue: Queue, one: Ints, other: Ints) -> tuple[Ints, Ints, Ints]:
    """All slots in queue order, and for each pair the indices of the earlier and the later one among them."""
    columns = queue.slots
    slots, ends = np.unique(np.concatenate([one, other]), return_inverse=True)
    order = np.lexsort((columns.number[slots], columns.since[slots], ~columns.front[slots]))
    positions = np.argsort(order)[ends].reshape(2, -1)
    return slots[order], positions.min(axis=0), positions.max(axis=0)


def _ranks(flags: Flags) -> Ints:
    """Ranks of the flagged ones, descending from the first; 0 for the others."""
    return np.where(flags, np.cumsum(flags[::-1])[::-1], 0)


def solve_assignment(problem: AssignmentProblem) -> Ints:
    """The ascending indices of the pairs to make: the disjoint pairs of the greatest total weight."""
    if len(problem.first) == 1:
        return np.zeros(1, np.int64)
    degrees = np.bincount(np.concatenate([problem.first, problem.second]), minlength=len(problem))
    isolated = (degrees[problem.first] == 1) & (degrees[problem.second] == 1)
    chosen: list[int] = np.flatnonzero(isolated).tolist()
    for component in _connected_components(problem, np.flatnonzero(~isolated)):
        chosen += _heaviest_matching(problem, component)
    return np.array(sorted(chosen), np.int64)


def _connected_components(problem: AssignmentProblem, edges: Ints) -> Sequence[Ints]:
    """The edges, split into sets that share no ticket."""
    if not len(edges):
        return []
    graph: rustworkx.PyGraph[None, None] = rustworkx.PyGraph()
    graph.add_nodes_from([None] * len(problem))
    graph.add_edges_from_no_data(list(zip(problem.first[edges].tolist(), problem.second[edges].tolist(), strict=True)))
    component_of = np.zeros(len(problem), np.int64)
    for number, members in enumerate(rustworkx.connected_components(graph)):
        component_of[list(members)] = number
    components = component_of[problem.first[edges]]
    order = np.argsort(components, kind="stable")
    return np.split(edges[order], np.flatnonzero(np.diff(components[order])) + 1)


def _heaviest_matching(problem: AssignmentProblem, edges: Ints) -> Sequence[int]:
    """The maximum-weight matching within one component."""
    weights = problem.weights[edges]
    members, ends = np.unique(np.concatenate([problem.first[edges], problem.second[edges]]), return_inverse=True)
    pairs = list(zip(ends[: len(edges)].tolist(), ends[len(edges) :].tolist(), strict=True))
    graph: rustworkx.PyGraph[None, int] = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from([None] * len(members))
    graph.add_edges_from([(*pair, weight) for pair, weight in zip(pairs, weights.tolist(), strict=True)])
    edge_of = dict(zip(pairs, edges.tolist(), strict=True))
    return [edge_of[min(pair), max(pair)] for pair in rustworkx.max_weight_matching(graph, weight_fn=int)]
