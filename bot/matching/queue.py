"""The queue of all waiting tickets. Keeps pools, slots, candidates and reservation values in step.

Owns the pools and the relations between members; computes fits, and leaves decisions to the engine.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

import numpy as np

from bot.domain.ticket import Ticket
from bot.matching.fit import Weights, fit
from bot.matching.fit_table import Floats, Ints, build_fit_table
from bot.matching.history import sorted_pair
from bot.matching.pool import Pool
from bot.matching.queue_columns import NO_SLOT, Candidates, Slots
from bot.matching.relations import Relations
from bot.matching.reservation import ReservationParams
from bot.matching.valuation import Valuation
from bot.matching.wait_estimate import WaitEstimate

CROWD: Final = 16
"""If at least this many tickets, and a sixteenth of the pool, are new, all candidates of the pool are chosen again."""
BLOCK: Final = 32
"""How many rows of fits are computed at a time."""


class PoolFits(NamedTuple):
    """Some waiting tickets, all others in their pool, and the fits between them, shape (slots, others)."""

    slots: Ints
    others: Ints
    fits: Floats


class Queue:
    """All waiting tickets, over all pools. Times are seconds since the epoch."""

    def __init__(self, weights: Weights, params: ReservationParams, pause: Callable[[], None]) -> None:
        self.slots = Slots()
        self.candidates = Candidates(self.slots)
        self.valuation = Valuation(self.slots, params)
        self.relations = Relations()
        self._weights = weights
        self._fit_table = build_fit_table(weights)
        self._pause = pause  # called after each long step
        self._pools: dict[str, Pool] = {}

    def admit(self, tickets: Sequence[Ticket], now: float) -> Sequence[int]:
        """Add tickets of one pool, given in queue order; those already waiting are updated. Returns their slots.

        Computes their reservation curves, and chooses candidates for them and for the tickets already there.
        """
        pool = self._pool(tickets[0].pool)
        crowded = len(tickets) >= max(CROWD, pool.count // CROWD)
        slots = []
        for ticket in tickets:
            slot = self._enter_or_update(ticket, pool)
            slots.append(slot)
            others, fits = self._value_new(slot, pool, now, only_recent=crowded)
            if not crowded:
                self._introduce(slot, others, fits, now)
            self._pause()
        if crowded:
            for found in self._fits_in_pool(pool.waiting(), pool, now):
                self.candidates.select(*found)
        return slots

    def record_past_arrivals(self, tickets: Sequence[Ticket]) -> None:
        """Remember tickets that no longer wait, given in order of arrival, as if they had waited here."""
        for ticket in tickets:
            pool = self._pool(ticket.pool)
            place, _ = self._add_to_pool(ticket, pool, slot=NO_SLOT)
            others = slice(pool.recent().start, place)
            self.valuation.value_past(ticket, pool, place, pool.fits_of(place, others), others)
            self._pause()

    def reintroduce(self, slot: int, now: float) -> None:
        """Choose the candidates of a waiting ticket again, since it may meet somebody whom it might not meet before."""
        pool = self._pool(self.slots.ticket(slot).pool)
        self.candidates.withdraw(slot, pool.waiting())
        row = pool.fits_of(int(self.slots.place[slot]), slice(pool.count))
        self._introduce(slot, *_waiting_only(pool.slots(), row), now)

    def opposites_pairable_at(self, slot: int, now: float) -> Sequence[float]:
        """When, after `now`, a ticket may be paired with those of its candidates whose style is opposite."""
        others = self.candidates.lists[slot]
        opposites = others[self.slots.have_opposite_styles(slot, others)]
        return [at for at in self.slots.pairable_from(slot, opposites).tolist() if at > now] if len(opposites) else []

    def wants_opposite(self, slot: int) -> bool:
        """Whether a ticket has a candidate whose style is opposite and with which it is worth pairing, when allowed."""
        lists, values = self.candidates.lists[slot], self.valuation.values
        surplus = 2 * self.candidates.fits[slot] - values[slot] - values[lists]
        return bool((self.slots.have_opposite_styles(slot, lists) & (surplus > 0)).any())

    def apart_until(self, slot: int, now: float) -> Iterator[float]:
        """When, after `now`, a ticket may be paired with waiting ones from which it is kept apart until then."""
        member_id = self.slots.ticket(slot).member_id
        for other_id, history in self.relations.of_member(member_id).items():
            until = history.apart_until.get(sorted_pair(member_id, other_id))
            if until is not None and until.timestamp() > now and other_id in self.slots.of_member:
                yield until.timestamp()

    def remove(self, slot: int) -> Ticket:
        """Remove a ticket that waits, and return it. Its member's relations are forgotten."""
        place = int(self.slots.place[slot])
        ticket = self.slots.vacate(slot)
        self.candidates.clear(slot)
        self.valuation.clear(slot)
        self._pools[ticket.pool].vacate(place)
        self.relations.forget_member(ticket.member_id)
        return ticket

    def estimate_wait(self, slot: int, now: float) -> WaitEstimate:
        """The wait estimate of a ticket, as if nobody had a history."""
        pool, place = self._pools[self.slots.ticket(slot).pool], int(self.slots.place[slot])
        row = pool.fits_of(place, slice(pool.count))
        recent = slice(pool.recent().start, place)
        others, fits = _waiting_only(pool.slots(), row)
        from_time = self.slots.pairable_from(slot, others)
        best_now = self.valuation.best_now(others, np.where(from_time <= now, fits, 0.0))
        estimate = self.valuation.estimate_wait(slot, pool, row[recent], recent, now, best_now=best_now)
        acceptable_from = from_time[self.valuation.acceptable(slot, others, fits)]
        wait_s = float(acceptable_from.min(initial=np.inf)) - now
        return WaitEstimate(seconds=wait_s, chance=1.0) if 0 < wait_s < estimate.seconds else estimate

    def waiting_in(self, pool: str) -> Ints:
        """The slots of the tickets waiting in a pool that has had arrivals."""
        return self._pools[pool].waiting()

    def fits_with_everybody(self, slots: Ints, now: float) -> Iterator[PoolFits]:
        """Yields the fits of these slots with everybody in their pools, histories included, in blocks of one pool."""
        pools: dict[str, list[int]] = defaultdict(list)
        for slot in slots.tolist():
            pools[self.slots.ticket(slot).pool].append(slot)
        for name, members in pools.items():
            yield from self._fits_in_pool(np.array(members, np.int64), self._pools[name], now)

    def refill_candidates(self, slots: Ints, now: float) -> None:
        """Choose new candidates for those of `slots` that have too few left."""
        depleted = self.candidates.depleted(slots)
        if len(depleted):
            for found in self.fits_with_everybody(depleted, now):
                self.candidates.select(*found)

    def forget_idle_pools(self, now: float) -> None:
        """Forget pools in which nobody waits and nobody arrived recently."""
        for name in [name for name, pool in self._pools.items() if pool.is_idle(now)]:
            del self._pools[name]
            self.valuation.forget_pool(name)

    def _pool(self, name: str) -> Pool:
        pool = self._pools.get(name)
        if pool is None:
            pool = self._pools[name] = Pool(self._fit_table)
        return pool

    def _enter_or_update(self, ticket: Ticket, pool: Pool) -> int:
        slots = self.slots
        slot = slots.of_ticket.get(ticket.id)
        if slot is None:
            if slots.is_full():
                self._make_room()
            slot = slots.enter(ticket)
            slots.set_place(slot, *self._add_to_pool(ticket, pool, slot=slot))
        else:
            self.candidates.withdraw(slot, pool.waiting())
            slots.update(slot, ticket)
            pool.update(int(slots.place[slot]), ticket, number=int(slots.number[slot]))
        return slot

    def _make_room(self) -> None:
        if self.slots.many_vacated():
            self.candidates.drop_absent()
            self.slots.reuse_vacated()
        else:
            self.slots.grow()
            self.candidates.grow()
            self.valuation.grow()

    def _add_to_pool(self, ticket: Ticket, pool: Pool, *, slot: int) -> tuple[int, int]:
        """The place and number of a new ticket in its pool."""
        if pool.is_full():
            pool.compact()
            slots = pool.slots()
            places = np.flatnonzero(slots != NO_SLOT)
            self.slots.move(slots[places], places)
        place, number = pool.add(ticket, slot=slot, arrived_at=ticket.waiting_since.timestamp())
        self.valuation.record_arrival(ticket.pool, pool.last_arrival_at)
        return place, number

    def _value_new(self, slot: int, pool: Pool, now: float, *, only_recent: bool) -> tuple[Ints, Floats]:
        """Value a new or changed ticket. Returns the slots that wait (all, or recent ones) and its fits with them."""
        place = int(self.slots.place[slot])
        recent = pool.recent()
        known = recent if only_recent else slice(0, pool.count)
        row = pool.fits_of(place, known)
        others, fits = _waiting_only(pool.slots()[known], row)
        # A new ticket is not one of the recent arrivals that it is valued by.
        before = slice(recent.start, recent.stop - (place == recent.stop - 1))
        past = row[before.start - known.start : before.stop - known.start]
        self.valuation.value_new(slot, pool, past, before, now, best_now=self.valuation.best_now(others, fits))
        return others, fits

    def _introduce(self, slot: int, others: Ints, fits: Floats, now: float) -> None:
        """Choose a ticket's candidates among `others`, and make it their candidate. Modifies `fits`."""
        self._apply_history(slot, others, fits, now)
        possible = fits.nonzero()[0]
        if len(possible):
            self.candidates.introduce(slot, others[possible], fits[possible])

    def _fits_in_pool(self, slots: Ints, pool: Pool, now: float) -> Iterator[PoolFits]:
        for start in range(0, len(slots), BLOCK):
            block = slots[start : start + BLOCK]
            others, fits = _waiting_only(pool.slots(), pool.fit_rows(self.slots.place[block]))
            for slot, row in zip(block.tolist(), fits, strict=True):
                self._apply_history(slot, others, row, now)
            yield PoolFits(block, others, fits)
            self._pause()

    def _apply_history(self, slot: int, others: Ints, fits: Floats, now: float) -> None:
        """Correct the `fits` with members with whom the ticket's member has a history."""
        ticket = self.slots.ticket(slot)
        for member_id, history in self.relations.of_member(ticket.member_id).items():
            other = self.slots.of_member.get(member_id)
            if other is not None and self.slots.ticket(other).pool == ticket.pool:
                theirs = self.slots.ticket(other)
                at = datetime.fromtimestamp(now, UTC)
                fits[others == other] = fit(ticket, theirs, history=history, weights=self._weights, now=at)


def _waiting_only(slots: Ints, fits: Floats) -> tuple[Ints, Floats]:
    """The slots that are still waiting, and the fits with them."""
    taken = slots.nonzero()[0]
    return slots[taken], fits.take(taken, axis=-1)
