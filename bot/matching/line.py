"""The line: everybody who waits, over all pools, as columns; with each ticket's best candidates.

What fits whom is computed in a ticket's pool; whom it is put together with is the engine's business.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bot.domain.ticket import Ticket
from bot.matching.fit_table import Floats, Ints
from bot.matching.pool import GONE
from bot.matching.reservation import POINTS

CANDIDATES: Final = 12  # the best partners of each ticket that are considered; more change nothing worth the time
TOO_FEW: Final = 6  # of those candidates left, while there were more partners than candidates: look again
NOBODY: Final = GONE  # the slot that nobody gets, and a candidate who is none
NO_FIT: Final = -1.0
SMALLEST: Final = 64

DISTANCE: Final = 1e-10
"""Of equals the nearest in line: else all would choose the same few and leave one another alone."""
EARLIER: Final = 0.25
"""Of two equally near the earlier."""


def place_in_line(ticket: Ticket) -> tuple[bool, datetime, str]:
    """What the line is sorted by: the front first, then who waits longest."""
    return not ticket.front, ticket.waiting_since, ticket.id


class Line:
    """Columns over slots, and who has which. A slot is given again once nobody names it as a candidate."""

    def __init__(self) -> None:
        self.tickets: list[Ticket | None] = [None] * SMALLEST
        self.slots: dict[str, int] = {}  # by ticket
        self.members: dict[int, int] = {}
        self.since = np.zeros(SMALLEST)
        self.expires = np.zeros(SMALLEST)
        self.place = np.zeros(SMALLEST, np.int64)  # in the pool's columns
        self.number = np.zeros(SMALLEST, np.int64)  # the how manieth to come into the pool
        self.version = np.zeros(SMALLEST, np.int64)  # goes on with whatever a decision under way must not overlook
        self.front = np.zeros(SMALLEST, np.bool_)
        self.waits = np.zeros(SMALLEST, np.bool_)
        self.patience = np.ones(SMALLEST)  # in seconds, when the curve was drawn
        self.curves = np.zeros((SMALLEST, 1 + POINTS))  # what waiting on is worth, by the patience left
        self.keep = np.full(SMALLEST, np.inf)  # what waiting on is worth; inf for nobody
        self.candidates = np.zeros((SMALLEST, CANDIDATES), np.int32)
        self.fits = np.full((SMALLEST, CANDIDATES), NO_FIT)
        self.sought = np.zeros(SMALLEST, np.bool_)  # whether there was ever a candidate
        self.more = np.zeros(SMALLEST, np.bool_)  # whether there were more partners than candidates
        self._free = list(range(SMALLEST - 1, NOBODY, -1))
        self._left: list[int] = []

    def enter(self, ticket: Ticket) -> int:
        """A slot for a ticket; place and number are still to be filled in."""
        if not self._free:
            self._tidy()
        if not self._free:
            self._grow()
        slot = self._free.pop()
        self.slots[ticket.id] = self.members[ticket.member_id] = slot
        self.waits[slot] = True
        self.write(slot, ticket)
        return slot

    def write(self, slot: int, ticket: Ticket) -> None:
        """What a slot holds of its ticket."""
        self.tickets[slot] = ticket
        self.since[slot] = ticket.waiting_since.timestamp()
        self.expires[slot] = ticket.expires_at.timestamp()
        self.front[slot] = ticket.front
        self.version[slot] += 1

    def change(self, ticket_id: str) -> None:
        """What is decided about a ticket meanwhile holds no more."""
        slot = self.slots.get(ticket_id)
        if slot is not None:
            self.version[slot] += 1

    def ticket(self, slot: int) -> Ticket:
        """The ticket of a slot that is taken."""
        ticket = self.tickets[slot]
        assert ticket is not None, "the slots of those who wait have tickets"  # noqa: S101 (the line's own books)
        return ticket

    def leave(self, slot: int) -> Ticket:
        """The ticket that had this slot, and has it no more."""
        ticket = self.ticket(slot)
        del self.slots[ticket.id]
        self.members.pop(ticket.member_id, None)
        self.tickets[slot] = None
        self.waits[slot] = False
        self.keep[slot] = np.inf
        self.version[slot] += 1
        self._empty(slot)
        self._left.append(slot)
        return ticket

    def fill(self, slots: Ints, others: Ints, fits: Floats) -> None:
        """Choose the candidates of `slots` anew among `others` by their fits, of shape (slots, others)."""
        possible = fits > 0
        self.sought[slots] = possible.any(axis=1)
        self.more[slots] = np.count_nonzero(possible, axis=1) > CANDIDATES
        chosen = np.broadcast_to(others, fits.shape)
        if len(others) > CANDIDATES:
            ranks = np.where(possible, self._ranks(slots[:, None], others, fits), NO_FIT)
            best = np.argpartition(ranks, -CANDIDATES, axis=1)[:, -CANDIDATES:]
            chosen, fits = others[best], np.take_along_axis(fits, best, axis=1)
            possible = fits > 0
        width = chosen.shape[1]
        self.candidates[slots, :width] = np.where(possible, chosen, NOBODY)
        self.fits[slots, :width] = np.where(possible, fits, NO_FIT)
        self.candidates[slots, width:] = NOBODY
        self.fits[slots, width:] = NO_FIT

    def introduce(self, slot: int, others: Ints, fits: Floats) -> None:
        """Choose the candidates of a ticket that has none yet, and make it theirs where it is better than the worst.

        The fits are above 0.
        """
        if len(others) > CANDIDATES:
            self.fill(np.array([slot]), others, fits[None])
        else:
            self.candidates[slot, : len(others)] = others
            self.fits[slot, : len(others)] = fits
        self.sought[slot] = self.sought[others] = True
        lists = self.candidates[others]
        waits = self.waits[lists]
        columns = waits.argmin(axis=1)
        if not np.count_nonzero(waits[np.arange(len(others)), columns]):
            self.candidates[others, columns] = slot
            self.fits[others, columns] = fits
        else:
            self._replace_worst(slot, others, fits)

    def _replace_worst(self, slot: int, others: Ints, fits: Floats) -> None:
        lists = self.candidates[others]
        known = np.where(self.waits[lists], self.fits[others], NO_FIT)
        ranks = self._ranks(others[:, None], lists, known)
        worst = ranks.argmin(axis=1)
        every = np.arange(len(others))
        better = self._ranks(others, slot, fits) > ranks[every, worst]
        self.more[others] |= ~better | (known[every, worst] > 0)
        others, worst = others[better], worst[better]
        self.candidates[others, worst] = slot
        self.fits[others, worst] = fits[better]

    def withdraw(self, slot: int, others: Ints) -> None:
        """Take a ticket from the candidates of `others`."""
        lists = self.candidates[others]
        named = lists == slot
        self.candidates[others] = np.where(named, NOBODY, lists)
        self.fits[others] = np.where(named, NO_FIT, self.fits[others])
        self._empty(slot)

    def _empty(self, slot: int) -> None:
        self.candidates[slot] = NOBODY
        self.fits[slot] = NO_FIT
        self.sought[slot] = self.more[slot] = False

    def _ranks(self, mine: Ints, theirs: Ints | NDArray[np.int32] | int, fits: Floats) -> Floats:
        ranks: Floats = fits - DISTANCE * np.abs(self.number[theirs] - self.number[mine] + EARLIER)
        return ranks

    def _tidy(self) -> None:
        """Nobody names those who left as candidates any more; where that is worth it, their slots are free."""
        if len(self._left) > len(self.since) // 4:
            gone = ~self.waits[self.candidates]
            self.candidates[gone] = NOBODY
            self.fits[gone] = NO_FIT
            self._free, self._left = self._left, []

    def _grow(self) -> None:
        size = len(self.since)
        for column in self._columns():
            column.resize((2 * size, *column.shape[1:]), refcheck=False)
        self.keep[size:] = np.inf
        self.fits[size:] = NO_FIT
        self.tickets += [None] * size
        self._free = list(range(2 * size - 1, size - 1, -1))

    def _columns(self) -> Sequence[NDArray[Any]]:
        return [
            *(self.since, self.expires, self.place, self.number, self.version, self.front, self.waits),
            *(self.patience, self.curves, self.keep, self.candidates, self.fits, self.sought, self.more),
        ]
