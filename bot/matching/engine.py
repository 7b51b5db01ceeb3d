"""The engine: knows the waiting tickets and decides which to pair. It is choosy in busy pools and quick in quiet ones.

It is given tickets, histories and the time; it fetches nothing, and nothing in it depends on a clock.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from bot.domain.ticket import Ticket
from bot.matching.assignment import (
    AssignmentProblem,
    PossiblePairs,
    pairs_with_candidates,
    pairs_with_everybody,
    pose_assignment,
    solve_assignment,
)
from bot.matching.fit import Weights
from bot.matching.fit_table import Ints
from bot.matching.history import History
from bot.matching.parameters import RESERVATION_PARAMS
from bot.matching.queue import Queue
from bot.matching.queue_columns import queue_position
from bot.matching.reservation import ReservationParams
from bot.matching.timers import Timers
from bot.matching.wait_estimate import WaitEstimate

INTERVAL_S: Final = 5.0
"""How often all pools are looked at. A ticket that expires within this time is in its last interval."""
MAX_LAST_CONSIDERED: Final = 200
"""How many tickets in their last interval are compared with everybody, not with their candidates only."""
FORGET_POOLS_EVERY_S: Final = 600.0
IMMEDIATELY: Final = -np.inf
LAST_CALL_S: Final = 1.0
"""How long before its ticket expires its pool is looked at once more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """Two tickets to be matched, the one that is first in the queue as `a`, and their fit in [0, 1]."""

    a: Ticket
    b: Ticket
    fit: float


class Engine:
    """Decides which tickets are paired, in all pools. Times are seconds since the epoch.

    A decision depends on what is known when it is made, not on the order in which it was added. `pause` is called
    repeatedly during long computations, so that a caller can let other threads run. Not thread-safe.
    """

    def __init__(
        self,
        *,
        weights: Weights,
        params: ReservationParams = RESERVATION_PARAMS,
        pause: Callable[[], None] = lambda: None,
    ) -> None:
        self._queue = Queue(weights, params, pause)
        slots = self._queue.slots
        self._last_calls = Timers(slots, self._queue.candidates.has_any)
        self._opposites = Timers(slots, self._queue.wants_opposite)  # opposite styles may be paired from then on
        self._reunions = Timers(slots)  # two may meet who were kept apart
        self._new: dict[str, Ticket] = {}  # added or changed since the last decision
        self._noted_pools: set[str] = set()  # pools to look at before the next full look
        self._next_full_look_at = IMMEDIATELY
        self._next_forgetting_at = IMMEDIATELY

    def add_history(self, history: History) -> None:
        """Add what is known about pairs of members; it replaces what was known about these pairs.

        Call it before both members' tickets are added. It is forgotten when a ticket of either is removed or paired.
        """
        self._queue.relations.add(history)

    def forget_history(self, member_ids: Iterable[int]) -> None:
        """Forget what is known about these members and others, before all of it is added again."""
        for member_id in member_ids:
            self._queue.relations.forget_member(member_id)

    def record_past_arrivals(self, tickets: Sequence[Ticket]) -> None:
        """Learn the arrival rates from tickets that no longer wait. Call it first, with tickets in order of arrival."""
        self._queue.record_past_arrivals(tickets)

    def add_ticket(self, ticket: Ticket) -> None:
        """Add a ticket at the next decision, or update the wishes and the expiry of the ticket with this id."""
        self._new[ticket.id] = ticket
        self._queue.slots.invalidate(ticket.id)

    def remove_ticket(self, ticket_id: str) -> None:
        """Remove a ticket; does nothing if it does not wait."""
        self._new.pop(ticket_id, None)
        slot = self._queue.slots.of_ticket.get(ticket_id)
        if slot is not None:
            self._queue.remove(slot)
        self._drop_needless_timers()

    def estimate_wait(self, ticket_id: str, now: float) -> WaitEstimate | None:
        """The wait estimate of a ticket that a decision has admitted; None for one that does not wait."""
        slot = self._queue.slots.of_ticket.get(ticket_id)
        return None if slot is None else self._queue.estimate_wait(slot, now)

    def decide(self, now: float) -> Sequence[Pair]:
        """Decide who is paired now: `prepare_assignment`, `solve_assignment` and `commit_assignment` in one."""
        problem = self.prepare_assignment(now)
        return self.commit_assignment(problem, solve_assignment(problem)) if problem else []

    def next_decision_at(self) -> float:
        """When to decide next: `IMMEDIATELY` after an arrival, else at the next timer or full look."""
        if self._new:
            return IMMEDIATELY
        return min(self._next_full_look_at, *(timers.next_at() for timers in self._all_timers()))

    def prepare_assignment(self, now: float) -> AssignmentProblem | None:
        """The problem to solve now; None if no pair is worth making. Removes the tickets that have expired.

        Looks at all pools every `INTERVAL_S`. In between it looks at pools with a new ticket that has a candidate, with
        one that is about to expire, and where two may be paired from now on.
        """
        self._admit_new(now)
        self._process_timers(now)
        if now >= self._next_full_look_at:
            slots = np.flatnonzero(self._queue.slots.waits)
            self._remove_expired(slots, now)
            self._plan_next_full_look(now)
        else:
            slots = self._waiting_in_noted_pools()
            self._remove_expired(slots, now)
        self._noted_pools.clear()
        slots = slots[self._queue.candidates.had_any[slots]]
        problem = self._pose_assignment(slots, now) if len(slots) else None
        if problem is None:
            self._drop_needless_timers()  # otherwise `commit_assignment` does it
        return problem

    def commit_assignment(self, problem: AssignmentProblem, chosen: Ints) -> Sequence[Pair]:
        """Remove the tickets of the `chosen` pairs and return these pairs, the best fit first.

        A pair is left out if one of its tickets has been removed or changed since the problem was posed.
        """
        unchanged = self._queue.slots.version[problem.slots] == problem.versions
        first, second, fits = problem.first[chosen], problem.second[chosen], problem.fits[chosen]
        pairs = [
            Pair(a=self._queue.remove(a), b=self._queue.remove(b), fit=fit)
            for a, b, fit, holds in zip(
                problem.slots[first].tolist(),
                problem.slots[second].tolist(),
                fits.tolist(),
                unchanged[first] & unchanged[second],
                strict=True,
            )
            if holds
        ]
        self._drop_needless_timers()
        return sorted(pairs, key=lambda pair: (-pair.fit, pair.a.waiting_since, pair.a.id))

    def _admit_new(self, now: float) -> None:
        if not self._new:
            return
        pools: dict[str, list[Ticket]] = defaultdict(list)
        for ticket in self._new.values():
            if ticket.expires_at.timestamp() > now:
                pools[ticket.pool].append(ticket)
        self._new.clear()
        for name, tickets in pools.items():
            slots = self._queue.admit(sorted(tickets, key=queue_position), now)
            for slot in slots:
                self._set_timers(slot, now)
            if any(self._queue.candidates.had_any[slot] for slot in slots):
                self._noted_pools.add(name)

    def _set_timers(self, slot: int, now: float) -> None:
        self._last_calls.set_timer(slot, float(self._queue.slots.expires[slot]) - LAST_CALL_S)
        for at in self._queue.apart_until(slot, now):
            self._reunions.set_timer(slot, at)
        self._set_timers_for_opposites(slot, now)

    def _set_timers_for_opposites(self, slot: int, now: float) -> None:
        for at in self._queue.opposites_pairable_at(slot, now):
            self._opposites.set_timer(slot, at)

    def _process_timers(self, now: float) -> None:
        for slot in (reunited := list(self._reunions.pop_due(now))):
            self._queue.reintroduce(slot, now)
            self._set_timers_for_opposites(slot, now)
        for slot in (*reunited, *self._last_calls.pop_due(now), *self._opposites.pop_due(now)):
            self._noted_pools.add(self._queue.slots.ticket(slot).pool)

    def _waiting_in_noted_pools(self) -> Ints:
        if not self._noted_pools:
            return np.zeros(0, np.int64)
        return np.concatenate([self._queue.waiting_in(pool) for pool in self._noted_pools])

    def _remove_expired(self, slots: Ints, now: float) -> None:
        for slot in slots[self._queue.slots.expires[slots] <= now].tolist():
            self._queue.remove(slot)

    def _plan_next_full_look(self, now: float) -> None:
        self._next_full_look_at = now + INTERVAL_S
        if now >= self._next_forgetting_at:
            self._next_forgetting_at = now + FORGET_POOLS_EVERY_S
            self._queue.forget_idle_pools(now)

    def _pose_assignment(self, slots: Ints, now: float) -> AssignmentProblem | None:
        left_s = self._queue.slots.expires[slots] - now
        in_last_interval = left_s <= INTERVAL_S
        self._queue.valuation.update_values(slots, left_s, in_last_interval)
        self._queue.refill_candidates(slots, now)
        last = slots[in_last_interval]
        pairs = pairs_with_candidates(self._queue, slots, now)
        return pose_assignment(self._queue, [pairs, *self._pairs_beyond_candidates(last, pairs, now)], last=last)

    def _pairs_beyond_candidates(self, last: Ints, pairs: PossiblePairs, now: float) -> Iterator[PossiblePairs]:
        """More pairs for tickets in their last interval, which may be on nobody's candidate list."""
        slots = self._queue.slots
        overflowed = last[self._queue.candidates.overflowed[last]]
        if not len(overflowed):
            return
        overflowed = overflowed[np.argsort(slots.since[overflowed], kind="stable")][:MAX_LAST_CONSIDERED]
        wanted = np.zeros(len(slots), np.bool_)
        for named in (pairs.one, pairs.other, last):
            wanted[named] = True
        for found in self._queue.fits_with_everybody(overflowed, now):
            yield pairs_with_everybody(self._queue, found, wanted=wanted, limit=len(last))

    def _drop_needless_timers(self) -> None:
        if not self._new:  # a new ticket may become the first candidate of one whose timer is near
            for timers in self._all_timers():
                timers.drop_needless(self._next_full_look_at)

    def _all_timers(self) -> Sequence[Timers]:
        return self._last_calls, self._opposites, self._reunions
