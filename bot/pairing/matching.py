"""Which of those waiting are put together now: the pairs that suit best, over all who wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import rustworkx

from bot.pairing.fit import History, Weights, fit
from bot.pairing.ticket import Ticket

CANDIDATES = 12  # the best partners of each ticket that are considered; more change nothing worth the time
SCALE = 1_000_000  # rustworkx weighs in whole numbers
FRONT = 2.0  # more than any fit, so whoever was let down is seated before the others


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """Two tickets to be put together, the one that waited longer first."""

    a: Ticket
    b: Ticket
    fit: float


def best_pairs(tickets: Sequence[Ticket], *, history: History, weights: Weights, now: datetime) -> Sequence[Pair]:
    """The pairs of greatest total fit among those waiting, nobody in two, none with a fit of 0; the best first.

    Tickets at the front come before all others. The outcome depends on the tickets alone, not on their order.
    """
    line = sorted(tickets, key=lambda ticket: (ticket.waiting_since, ticket.id))
    pairs = _candidates(line, history, weights, now)
    graph: rustworkx.PyGraph[int, Pair] = rustworkx.PyGraph(multigraph=False)
    places = {ticket.id: index for index, ticket in enumerate(line)}
    graph.add_nodes_from(list(places.values()))
    graph.add_edges_from([(places[pair.a.id], places[pair.b.id], pair) for pair in pairs])
    matched = rustworkx.max_weight_matching(graph, weight_fn=_weight)
    chosen = [graph.get_edge_data(a, b) for a, b in matched]
    return sorted(chosen, key=lambda pair: (-pair.fit, pair.a.waiting_since, pair.a.id))


def _candidates(line: Sequence[Ticket], history: History, weights: Weights, now: datetime) -> Sequence[Pair]:
    possible: list[list[tuple[int, int, Pair]]] = [[] for _ in line]
    for here, a in enumerate(line):
        for there, b in enumerate(line[here + 1 :], start=here + 1):
            value = fit(a, b, history=history, weights=weights, now=now)
            if value > 0:
                pair = Pair(a=a, b=b, fit=value)
                # Of equals the nearest in line: else all would choose the same few and leave one another alone.
                ranked = (-_weight(pair), there - here, pair)
                possible[here].append(ranked)
                possible[there].append(ranked)
    best: dict[tuple[str, str], Pair] = {}
    for ranks in possible:
        ranks.sort(key=lambda rank: rank[:2])
        best |= {(pair.a.id, pair.b.id): pair for _, _, pair in ranks[:CANDIDATES]}
    return list(best.values())


def _weight(pair: Pair) -> int:
    return round(SCALE * (pair.fit + FRONT * (pair.a.front + pair.b.front)))
