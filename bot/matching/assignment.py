"""Whom to put together, as a problem of its own: pairs with weights, of which nobody may sit in two.

A problem is plain arrays and its solution a pure function of them, so that a large one can be solved elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import rustworkx

from bot.matching.fit_table import Floats, Ints


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class AssignmentProblem:
    """Possible pairs: `first` and `second` are places in `slots`, which stand in the order of the line.

    `weights` are whole numbers above 0; `versions` are those of the slots when the problem was set.
    """

    slots: Ints
    versions: Ints
    first: Ints
    second: Ints
    fits: Floats
    weights: Ints

    def __len__(self) -> int:
        return len(self.slots)


def solve_assignment(problem: AssignmentProblem) -> Ints:
    """Which of the possible pairs are made, ascending: those of the greatest total weight, nobody in two of them."""
    if len(problem.first) == 1:
        return np.zeros(1, np.int64)
    degrees = np.bincount(np.concatenate([problem.first, problem.second]), minlength=len(problem))
    alone = (degrees[problem.first] == 1) & (degrees[problem.second] == 1)
    chosen: list[int] = np.flatnonzero(alone).tolist()
    for component in _components(problem, np.flatnonzero(~alone)):
        chosen += _heaviest(problem, component)
    return np.array(sorted(chosen), np.int64)


def _components(problem: AssignmentProblem, edges: Ints) -> Sequence[Ints]:
    """The edges, cut into sets that share nobody."""
    if not len(edges):
        return []
    graph: rustworkx.PyGraph[None, None] = rustworkx.PyGraph()
    graph.add_nodes_from([None] * len(problem))
    graph.add_edges_from_no_data(list(zip(problem.first[edges].tolist(), problem.second[edges].tolist(), strict=True)))
    label = np.zeros(len(problem), np.int64)
    for number, members in enumerate(rustworkx.connected_components(graph)):
        label[list(members)] = number
    labels = label[problem.first[edges]]
    order = np.argsort(labels, kind="stable")
    return np.split(edges[order], np.flatnonzero(np.diff(labels[order])) + 1)


def _heaviest(problem: AssignmentProblem, edges: Ints) -> Sequence[int]:
    """The matching of greatest weight within one component."""
    weights = problem.weights[edges]
    members, ends = np.unique(np.concatenate([problem.first[edges], problem.second[edges]]), return_inverse=True)
    pairs = list(zip(ends[: len(edges)].tolist(), ends[len(edges) :].tolist(), strict=True))
    graph: rustworkx.PyGraph[None, int] = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from([None] * len(members))
    graph.add_edges_from([(*pair, weight) for pair, weight in zip(pairs, weights.tolist(), strict=True)])
    edge_of = dict(zip(pairs, edges.tolist(), strict=True))
    return [edge_of[min(pair), max(pair)] for pair in rustworkx.max_weight_matching(graph, weight_fn=int)]
