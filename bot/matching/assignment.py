"""The assignment problem: choose among weighted pairs so that no two share a ticket. Solved by maximum-weight matching.

A problem is plain arrays and its solution a pure function of them, so a large one can be solved in another process.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import rustworkx

from bot.matching.fit_table import Floats, Ints


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
