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
    by_ticket: dict[str, list[Pair]] = {ticket.id: [] for ticket in line}
    for index, a in enumerate(line):
        for b in line[index + 1 :]:
            value = fit(a, b, history=history, weights=weights, now=now)
            if value > 0:
                pair = Pair(a=a, b=b, fit=value)
                by_ticket[a.id].append(pair)
                by_ticket[b.id].append(pair)
    best: dict[tuple[str, str], Pair] = {}
    for pairs in by_ticket.values():
        pairs.sort(key=lambda pair: -_weight(pair))
        best |= {(pair.a.id, pair.b.id): pair for pair in pairs[:CANDIDATES]}
    return list(best.values())


def _weight(pair: Pair) -> int:
    return round(SCALE * (pair.fit + FRONT * (pair.a.front + pair.b.front)))
