"""The engine: who waits, and at each decision who is put together. Choosy when busy, quick when quiet.

It is given tickets, what their members have to do with each other, and the time; it never asks for anything.
"""

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from bot.domain.ticket import Ticket
from bot.matching.assignment import AssignmentProblem, solve_assignment
from bot.matching.fit import History, Weights
from bot.matching.fit_table import Ints
from bot.matching.hall import Hall
from bot.matching.line import place_in_line
from bot.matching.parameters import RESERVATION_PARAMS
from bot.matching.reservation import BOUND, ReservationParams, keep
from bot.matching.wait_estimate import WaitEstimate
from bot.matching.weighing import Edges, problem, worthwhile, worthwhile_with_all

INTERVAL_S: Final = 5.0  # how often all pools are looked at; a ticket with no more patience than this is in its last
LAST_MOST: Final = 200  # in their last interval at once are looked at with everybody, beyond their candidates
LAST_CALL_S: Final = 1.0  # so long before a patience ends, its pool is looked at once more
SWEEP_S: Final = 600.0  # how often pools are forgotten
LAST: Final = -BOUND  # what is kept in the last interval: less than any partner can ask for
NOW: Final = -np.inf
NO_SLOTS: Final = np.zeros(0, np.int64)
FRONT: Final = 4.0  # more than any pair is worth, so whoever was let down is seated before the others


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """Two tickets to be put together, the one that waited longer first."""

    a: Ticket
    b: Ticket
    fit: float


class Engine:
    """The line over all pools. Times are seconds since the epoch, as in `Ticket.waiting_since.timestamp()`.

    What it decides depends on what it was told up to a moment, not on the order within the moment. While it recalls and
    prepares it calls `pause` over and over, for whoever has something else to do meanwhile.
    """

    def __init__(
        self,
        *,
        weights: Weights,
        params: ReservationParams = RESERVATION_PARAMS,
        pause: Callable[[], None] = lambda: None,
    ) -> None:
        self._hall = Hall(weights, params, pause)
        self._fresh: dict[str, Ticket] = {}
        self._touched: set[str] = set()
        self._last_calls: list[tuple[float, int, int]] = []
        self._next_look = NOW
        self._next_sweep = NOW

    def add_history(self, history: History) -> None:
        """What members have to do with each other, before both of two wait; forgotten when one leaves."""
        self._hall.bonds.learn(history)

    def relate(self, one: int, other: int, history: History) -> None:
        """From now on `history` says all that two members have to do with each other, also where both wait."""
        self._hall.bonds.relate(one, other, history)
        for member_id in (one, other):
            slot = self._hall.line.members.get(member_id)
            if slot is not None:
                ticket = self._hall.line.ticket(slot)
                self.add_ticket(self._fresh.get(ticket.id, ticket))

    def record_past_arrivals(self, tickets: Sequence[Ticket]) -> None:
        """Tickets in the order they came, of whoever waits no more: by them the engine knows what to expect."""
        self._hall.recall(tickets)

    def add_ticket(self, ticket: Ticket) -> None:
        """Somebody waits, or waits on in the same place with other wishes or another patience."""
        self._fresh[ticket.id] = ticket
        self._hall.line.change(ticket.id)

    def remove_ticket(self, ticket_id: str) -> None:
        """Somebody waits no more; again changes nothing."""
        self._fresh.pop(ticket_id, None)
        slot = self._hall.line.slots.get(ticket_id)
        if slot is not None:
            self._hall.unseat(slot)

    def estimate_wait(self, ticket_id: str, now: float) -> WaitEstimate | None:
        """What somebody may expect whom a decision left waiting; None for a ticket that does not wait."""
        slot = self._hall.line.slots.get(ticket_id)
        return None if slot is None else self._hall.outlook(slot, now)

    def decide(self, now: float) -> Sequence[Pair]:
        """Who is put together now, the best first; they wait no more."""
        posed = self.prepare_assignment(now)
        return self.commit_assignment(posed, solve_assignment(posed)) if posed else []

    def next_decision_at(self) -> float:
        """When to decide next: at once after an arrival, else at the next look or when a patience nears its end."""
        if self._fresh:
            return NOW
        calls, line = self._last_calls, self._hall.line
        while calls and calls[0][0] < self._next_look:
            at, slot, version = calls[0]
            if line.version[slot] == version and line.sought[slot] and line.fits[slot].max() > 0:
                return at
            heapq.heappop(calls)
        return self._next_look

    def prepare_assignment(self, now: float) -> AssignmentProblem | None:
        """The problem to `solve` now; None where no two are worth putting together.

        All pools are looked at every `INTERVAL_S`; in between, those where somebody has come who has a partner, or is
        about to go.
        """
        self._welcome(now)
        slots = self._due(now)
        if not len(slots):
            return None
        last = self._value(slots, now)
        edges = worthwhile(self._hall.line, slots)
        return problem(self._hall.line, [edges, *self._all_edges(last, edges, now)], last=last)

    def commit_assignment(self, posed: AssignmentProblem, chosen: Ints) -> Sequence[Pair]:
        """The pairs of a solution, the best first; they wait no more. Who has left or changed meanwhile is not."""
        as_posed = self._hall.line.version[posed.slots] == posed.versions
        first, second, fits = posed.first[chosen], posed.second[chosen], posed.fits[chosen]
        pairs = [
            Pair(a=self._hall.unseat(a), b=self._hall.unseat(b), fit=fit)
            for a, b, fit, unchanged in zip(
                posed.slots[first].tolist(),
                posed.slots[second].tolist(),
                fits.tolist(),
                as_posed[first] & as_posed[second],
                strict=True,
            )
            if unchanged
        ]
        return sorted(pairs, key=lambda pair: (-pair.fit, pair.a.waiting_since, pair.a.id))

    def _all_edges(self, last: Ints, edges: Edges, now: float) -> Iterator[Edges]:
        """More edges for those in their last interval, lest they be passed over for being nobody's candidate."""
        line = self._hall.line
        overfull = last[line.more[last]]
        if len(overfull):
            overfull = overfull[np.argsort(line.since[overfull], kind="stable")][:LAST_MOST]
            wanted = np.zeros(len(line.waits), np.bool_)
            for slots in (edges.one, edges.other, last):
                wanted[slots] = True
            for found in self._hall.fits(overfull, now):
                yield worthwhile_with_all(line, found, wanted=wanted, most=len(last))

    def _welcome(self, now: float) -> None:
        if not self._fresh:
            return
        pools: dict[str, list[Ticket]] = defaultdict(list)
        for ticket in self._fresh.values():
            if ticket.expires_at.timestamp() > now:
                pools[ticket.pool].append(ticket)
        self._fresh.clear()
        for name, tickets in pools.items():
            slots = self._hall.welcome(sorted(tickets, key=place_in_line), now)
            for slot in slots:
                self._remind(slot)
            if any(self._hall.line.sought[slot] for slot in slots):
                self._touched.add(name)

    def _remind(self, slot: int) -> None:
        """Have the pool looked at once more before this patience ends."""
        at = float(self._hall.line.expires[slot]) - LAST_CALL_S
        heapq.heappush(self._last_calls, (at, slot, int(self._hall.line.version[slot])))

    def _due(self, now: float) -> Ints:
        """Those to look at, who have ever had a candidate; whoever's patience is over is gone."""
        line, calls = self._hall.line, self._last_calls
        while calls and calls[0][0] <= now:
            _, slot, version = heapq.heappop(calls)
            if line.version[slot] == version:
                self._touched.add(line.ticket(slot).pool)
        if now >= self._next_look:
            self._next_look = now + INTERVAL_S
            self._touched.clear()
            self._let_go(np.flatnonzero(line.waits & (line.expires <= now)))
            if now >= self._next_sweep:
                self._next_sweep = now + SWEEP_S
                self._hall.sweep(now)
            return np.flatnonzero(line.waits & line.sought)
        touched = [self._hall.waiting_in(pool) for pool in self._touched]
        self._touched.clear()
        if not touched:
            return NO_SLOTS
        slots = np.concatenate(touched)
        self._let_go(slots[line.expires[slots] <= now])
        due: Ints = slots[line.sought[slots]]
        return due

    def _let_go(self, slots: Ints) -> None:
        """Those whose patience is over wait no more."""
        for slot in slots.tolist():
            self._hall.unseat(slot)

    def _value(self, slots: Ints, now: float) -> Ints:
        """Set what waiting on is worth to each; those who will be gone at the next look.

        To them anybody is better than nobody.
        """
        line = self._hall.line
        left = line.expires[slots] - now
        last = left <= INTERVAL_S
        worth = keep(line.curves[slots], left / line.patience[slots])
        worth[last] = LAST
        line.keep[slots] = worth - FRONT * line.front[slots]
        self._hall.refill(slots, now)
        return slots[last]
