"""The hall: pools, line and bonds kept in step. Who comes, changes and goes; what fits whom; each one's candidates."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

import numpy as np

from bot.domain.ticket import Ticket
from bot.matching.arrival_rate import ArrivalRate
from bot.matching.fit import Weights, fit
from bot.matching.fit_table import Floats, Ints, build_fit_table
from bot.matching.line import TOO_FEW, Line
from bot.matching.parameters import WAIT_CALIBRATION
from bot.matching.pool import GONE, Pool
from bot.matching.relations import Relations
from bot.matching.reservation import SHARES, ReservationParams, curve, price
from bot.matching.wait_estimate import WaitEstimate, outlook

CROWD: Final = 16  # so many new ones in a pool at a moment, and everybody's candidates are chosen anew
SHORTEST_S: Final = 1.0  # nobody's patience counts as shorter
BLOCK: Final = 32  # so many rows of fits are computed at a time


class Found(NamedTuple):
    """Some who wait, everybody in their pool, and the fits between, of shape (slots, others)."""

    slots: Ints
    others: Ints
    fits: Floats


class Hall:
    """Everybody who waits. Times are seconds since the epoch."""

    def __init__(self, weights: Weights, learned: ReservationParams, pause: Callable[[], None]) -> None:
        self.line = Line()
        self.bonds = Relations()
        self._weights = weights
        self._table = build_fit_table(weights)
        self._learned = learned
        self._pause = pause  # called after all that takes long
        self._pools: dict[str, Pool] = {}
        self._rhythms: dict[str, ArrivalRate] = {}

    def welcome(self, tickets: Sequence[Ticket], now: float) -> Sequence[int]:
        """Tickets of one pool, in the order of the line, and their slots; who is there already gets the new wishes."""
        pool = self._pool(tickets[0].pool)
        crowded = len(tickets) >= max(CROWD, pool.count // CROWD)
        slots = []
        for ticket in tickets:
            slot = self._seat(ticket, pool)
            slots.append(slot)
            place = int(self.line.place[slot])
            lately = pool.lately()
            known = lately if crowded else slice(0, pool.count)
            row = pool.fits_of(place, known)
            others, fits = _waiting(pool.slots()[known], row)
            # Who has just come is not among those who came lately.
            before = slice(lately.start, lately.stop - (place == lately.stop - 1))
            past = row[before.start - known.start : before.stop - known.start]
            self._draw(slot, past, pool, before, now, best_here=self._best_here(others, fits))
            if not crowded:
                self._introduce(slot, others, fits, now)
            self._pause()
        if crowded:
            for found in self._fits(pool.waiting(), pool, now):
                self.line.fill(*found)
        return slots

    def recall(self, tickets: Sequence[Ticket]) -> None:
        """Tickets in the order they came, of whoever waits no more: they are remembered as if they had waited here."""
        for ticket in tickets:
            pool = self._pool(ticket.pool)
            place, _ = self._add(ticket, pool, slot=GONE)
            patience = (ticket.expires_at - ticket.waiting_since).total_seconds()
            others = slice(pool.lately().start, place)
            drawn = self._curve(ticket, pool, pool.fits_of(place, others), others, patience)
            pool.kept[place], pool.prices[place] = drawn[-1], price(drawn, 0.0, self._learned)
            self._pause()

    def unseat(self, slot: int) -> Ticket:
        """The ticket of somebody who waits no more."""
        ticket = self.line.leave(slot)
        self._pools[ticket.pool].leave(int(self.line.place[slot]))
        self.bonds.forget(ticket.member_id)
        return ticket

    def outlook(self, slot: int, now: float) -> WaitEstimate:
        """What somebody who waits may expect, as if nobody had a history."""
        line, ticket = self.line, self.line.ticket(slot)
        pool, place = self._pools[ticket.pool], int(line.place[slot])
        row = pool.fits_of(place, slice(pool.count))
        others = slice(pool.lately().start, place)
        left = max(SHORTEST_S, float(line.expires[slot]) - now)
        return outlook(
            line.curves[slot],
            row[others],
            pool.kept[others],
            self._rhythms[ticket.pool].coming(line.expires[slot], SHARES * left),
            best_here=self._best_here(*_waiting(pool.slots(), row)),
            left=left,
            calibration=WAIT_CALIBRATION,
        )

    def waiting_in(self, pool: str) -> Ints:
        """The slots of those who wait in a pool."""
        return self._pools[pool].waiting()

    def fits(self, slots: Ints, now: float) -> Iterator[Found]:
        """What is found for these, pool by pool and block by block."""
        pools: dict[str, list[int]] = defaultdict(list)
        for slot in slots.tolist():
            pools[self.line.ticket(slot).pool].append(slot)
        for name, members in pools.items():
            yield from self._fits(np.array(members, np.int64), self._pools[name], now)

    def refill(self, slots: Ints, now: float) -> None:
        """Choose candidates anew for those of these who had more partners than candidates and have too few left."""
        line = self.line
        some = slots[line.more[slots]]
        if len(some):
            few = np.count_nonzero(line.waits[line.candidates[some]], axis=1) < TOO_FEW
            for found in self.fits(some[few], now):
                line.fill(*found)

    def sweep(self, now: float) -> None:
        """Forget pools in which nobody waits and nobody came lately."""
        for name in [name for name, pool in self._pools.items() if pool.is_over(now)]:
            del self._pools[name], self._rhythms[name]

    def _pool(self, name: str) -> Pool:
        pool = self._pools.get(name)
        if pool is None:
            pool = self._pools[name] = Pool(self._table)
        return pool

    def _seat(self, ticket: Ticket, pool: Pool) -> int:
        """The slot of a ticket, old or new."""
        line = self.line
        slot = line.slots.get(ticket.id)
        if slot is None:
            slot = line.enter(ticket)
            line.place[slot], line.number[slot] = self._add(ticket, pool, slot=slot)
        else:
            line.withdraw(slot, pool.waiting())
            line.write(slot, ticket)
            pool.rewrite(int(line.place[slot]), ticket, number=int(line.number[slot]))
        return slot

    def _add(self, ticket: Ticket, pool: Pool, *, slot: int) -> tuple[int, int]:
        """The place and the number of somebody new in a pool."""
        if pool.is_full():
            pool.compact()
            slots = pool.slots()
            there = np.flatnonzero(slots != GONE)
            self.line.place[slots[there]] = there
        place, number = pool.add(ticket, slot=slot, came=ticket.waiting_since.timestamp())
        self._hear(ticket.pool, pool.last_came)
        return place, number

    def _hear(self, pool: str, came: float) -> None:
        rhythm = self._rhythms.get(pool)
        if rhythm is None:
            self._rhythms[pool] = ArrivalRate(came, self._learned)
        else:
            rhythm.record_arrival(came)

    def _draw(self, slot: int, fits: Floats, pool: Pool, others: slice, now: float, *, best_here: float) -> None:
        """Draw a ticket's curve and set its price, by its fits with `others`, who came lately."""
        line, place = self.line, int(self.line.place[slot])
        line.patience[slot] = patience = max(SHORTEST_S, float(line.expires[slot]) - now)
        line.curves[slot] = drawn = self._curve(line.ticket(slot), pool, fits, others, patience)
        pool.kept[place] = drawn[-1]
        pool.prices[place] = price(drawn, best_here, self._learned)

    def _best_here(self, others: Ints, fits: Floats) -> float:
        """The best that can be had at once among these: twice the fit, less what the partner keeps."""
        if not np.count_nonzero(fits):
            return 0.0
        # Those in a hurry or at the front keep nothing.
        worth = 2 * fits - np.maximum(self.line.keep[others], 0.0)
        return max(0.0, float(worth[worth.argmax()]))

    def _curve(self, ticket: Ticket, pool: Pool, fits: Floats, others: slice, patience: float) -> Floats:
        """A ticket's curve by its fits with `others`."""
        left = SHARES * patience
        coming = self._rhythms[ticket.pool].coming(ticket.expires_at.timestamp(), left)
        return curve(fits, pool.prices[others], coming, left=left, learned=self._learned)

    def _introduce(self, slot: int, others: Ints, fits: Floats, now: float) -> None:
        """Choose a ticket's candidates among these, and make it a candidate of theirs."""
        self._correct(slot, others, fits, now)
        possible = fits.nonzero()[0]
        if len(possible):
            self.line.introduce(slot, others[possible], fits[possible])

    def _fits(self, slots: Ints, pool: Pool, now: float) -> Iterator[Found]:
        for block in range(0, len(slots), BLOCK):
            some = slots[block : block + BLOCK]
            others, fits = _waiting(pool.slots(), pool.fit_rows(self.line.place[some]))
            for slot, row in zip(some.tolist(), fits, strict=True):
                self._correct(slot, others, row, now)
            yield Found(some, others, fits)
            self._pause()

    def _correct(self, slot: int, others: Ints, fits: Floats, now: float) -> None:
        """Put into the fits with `others` what history makes of them."""
        ticket = self.line.ticket(slot)
        for member_id, history in self.bonds.partners(ticket.member_id).items():
            other = self.line.members.get(member_id)
            if other is not None and self.line.ticket(other).pool == ticket.pool:
                theirs = self.line.ticket(other)
                moment = datetime.fromtimestamp(now, UTC)
                corrected = fit(ticket, theirs, history=history, weights=self._weights, now=moment)
                fits[others == other] = corrected


def _waiting(slots: Ints, fits: Floats) -> tuple[Ints, Floats]:
    """Those of the slots that are of somebody who waits, and the fits with them."""
    there = slots.nonzero()[0]
    return slots[there], fits.take(there, axis=-1)
