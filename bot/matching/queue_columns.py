"""The waiting tickets of all pools as columns, indexed by slot: the tickets' own columns, and their best partners.

`Slots` and `Candidates` own these columns; `valuation` owns the reservation curves and values.
"""

from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bot.domain.ticket import Style, Ticket
from bot.matching.fit_table import Flags, Floats, Ints
from bot.matching.may_meet import OPPOSITE_STYLES_WAIT_S

NO_SLOT: Final = 0
"""A slot that is never taken: it means "nobody"."""
INITIAL_SLOTS: Final = 64

CANDIDATES: Final = 12
"""Partners listed per ticket; more cost time and hardly improve the pairs."""
TOO_FEW: Final = 6
"""A ticket with fewer candidates left than this gets new ones, if it had more possible partners."""
NO_FIT: Final = -1.0

DISTANCE_PENALTY: Final = 1e-10
"""Equally good partners rank by distance in order of arrival; otherwise all tickets would choose the same few."""
EARLIER_BIAS: Final = 0.25
"""Of two equally distant ones, the earlier ranks first."""

STYLE_SIGNS: Final = MappingProxyType({Style.QUIET: -1, Style.ANY: 0, Style.TALK: 1})
"""The product of two is below 0 if the styles are opposite."""


def queue_position(ticket: Ticket) -> tuple[bool, datetime, str]:
    """The sort key of the queue: the front first, then the longest wait."""
    return not ticket.front, ticket.waiting_since, ticket.id


class Slots:
    """The columns of the waiting tickets, indexed by slot. Times are seconds since the epoch."""

    def __init__(self) -> None:
        self.tickets: list[Ticket | None] = [None] * INITIAL_SLOTS
        self.of_ticket: dict[str, int] = {}
        self.of_member: dict[int, int] = {}
        self.since = np.zeros(INITIAL_SLOTS)
        self.expires = np.zeros(INITIAL_SLOTS)
        self.front = np.zeros(INITIAL_SLOTS, np.bool_)
        self.style_sign = np.zeros(INITIAL_SLOTS, np.int8)
        self.waits = np.zeros(INITIAL_SLOTS, np.bool_)
        self.version = np.zeros(INITIAL_SLOTS, np.int64)  # changes when earlier decisions no longer apply
        self.place = np.zeros(INITIAL_SLOTS, np.int64)  # the index in the pool's columns
        self.number = np.zeros(INITIAL_SLOTS, np.int64)  # the arrival's number in the pool
        self._free = list(range(INITIAL_SLOTS - 1, NO_SLOT, -1))
        self._vacated: list[int] = []  # vacated, but may still be listed as candidates

    def __len__(self) -> int:
        """How many slots there are, taken or not."""
        return len(self.since)

    def is_full(self) -> bool:
        """Whether no slot is free."""
        return not self._free

    def enter(self, ticket: Ticket) -> int:
        """Take a free slot for a ticket. Its place and number are still to be set."""
        slot = self._free.pop()
        self.of_ticket[ticket.id] = self.of_member[ticket.member_id] = slot
        self.waits[slot] = True
        self.update(slot, ticket)
        return slot

    def update(self, slot: int, ticket: Ticket) -> None:
        """Store the ticket of a slot and raise its version."""
        self.tickets[slot] = ticket
        self.since[slot] = ticket.waiting_since.timestamp()
        self.expires[slot] = ticket.expires_at.timestamp()
        self.front[slot] = ticket.front
        self.style_sign[slot] = STYLE_SIGNS[ticket.wishes.style]
        self.version[slot] += 1

    def invalidate(self, ticket_id: str) -> None:
        """Raise a ticket's version, if it waits: decisions in progress no longer apply to it."""
        slot = self.of_ticket.get(ticket_id)
        if slot is not None:
            self.version[slot] += 1

    def set_place(self, slot: int, place: int, number: int) -> None:
        """Store where a ticket is in its pool, and its number among the arrivals there."""
        self.place[slot] = place
        self.number[slot] = number

    def move(self, slots: Ints, places: Ints) -> None:
        """Store the new places of these slots after their pool was compacted."""
        self.place[slots] = places

    def pairable_from(self, one: Ints | int, other: Ints | NDArray[np.int32]) -> Floats:
        """From when these slots may be paired with each other: opposite styles only after a while, others always."""
        from_time = np.minimum(self.since[one], self.since[other]) + OPPOSITE_STYLES_WAIT_S
        return np.where(self.have_opposite_styles(one, other), from_time, -np.inf)

    def have_opposite_styles(self, one: Ints | int, other: Ints | NDArray[np.int32]) -> Flags:
        """Which of these pairs of slots like opposite styles."""
        opposite: Flags = self.style_sign[one] * self.style_sign[other] < 0
        return opposite

    def ticket(self, slot: int) -> Ticket:
        """The ticket in a slot that is taken."""
        ticket = self.tickets[slot]
        assert ticket is not None, "a taken slot has a ticket"  # noqa: S101 (an invariant of this class)
        return ticket

    def vacate(self, slot: int) -> Ticket:
        """Take the ticket out of its slot and return it. The slot is free only after `reuse_vacated`."""
        ticket = self.ticket(slot)
        del self.of_ticket[ticket.id]
        self.of_member.pop(ticket.member_id, None)
        self.tickets[slot] = None
        self.waits[slot] = False
        self.version[slot] += 1
        self._vacated.append(slot)
        return ticket

    def many_vacated(self) -> bool:
        """Whether enough slots were vacated that reusing them is better than growing."""
        return len(self._vacated) > len(self) // 4

    def reuse_vacated(self) -> None:
        """Free all vacated slots. They must not be listed as candidates any more."""
        self._free, self._vacated = self._vacated, []

    def grow(self) -> None:
        """Double the number of slots, when none is free."""
        size = len(self)
        columns = (self.since, self.expires, self.front, self.style_sign, self.waits, self.version)
        resize_columns((*columns, self.place, self.number), 2 * size)
        self.tickets += [None] * size
        self._free = list(range(2 * size - 1, size - 1, -1))


def resize_columns(columns: Sequence[NDArray[Any]], size: int) -> None:
    """Resize the first axis of each column in place; new entries are 0."""
    for column in columns:
        column.resize((size, *column.shape[1:]), refcheck=False)


class Candidates:
    """The columns of candidates, indexed by slot. Entries of tickets that left stay until `drop_absent`."""

    def __init__(self, slots: Slots) -> None:
        self.lists = np.full((INITIAL_SLOTS, CANDIDATES), NO_SLOT, np.int32)
        self.fits = np.full((INITIAL_SLOTS, CANDIDATES), NO_FIT)
        self.had_any = np.zeros(INITIAL_SLOTS, np.bool_)  # whether it has ever had a candidate
        self.overflowed = np.zeros(INITIAL_SLOTS, np.bool_)  # whether it had more partners than the list holds
        self._slots = slots

    def select(self, slots: Ints, others: Ints, fits: Floats) -> None:
        """Choose new candidates of `slots` among `others` by their fits, shape (slots, others)."""
        possible = fits > 0
        self.had_any[slots] = possible.any(axis=1)
        self.overflowed[slots] = np.count_nonzero(possible, axis=1) > CANDIDATES
        chosen = np.broadcast_to(others, fits.shape)
        if len(others) > CANDIDATES:
            ranks = np.where(possible, self._ranks(slots[:, None], others, fits), NO_FIT)
            best = np.argpartition(ranks, -CANDIDATES, axis=1)[:, -CANDIDATES:]
            chosen, fits = others[best], np.take_along_axis(fits, best, axis=1)
            possible = fits > 0
        width = chosen.shape[1]
        self.lists[slots, :width] = np.where(possible, chosen, NO_SLOT)
        self.fits[slots, :width] = np.where(possible, fits, NO_FIT)
        self.lists[slots, width:] = NO_SLOT
        self.fits[slots, width:] = NO_FIT

    def introduce(self, slot: int, others: Ints, fits: Floats) -> None:
        """Choose the candidates of a ticket that has none yet, and list it with those of `others` whose worst it beats.

        All of `fits`, shape (others,), must be above 0.
        """
        if len(others) > CANDIDATES:
            self.select(np.array([slot]), others, fits[None])
        else:
            self.lists[slot, : len(others)] = others
            self.fits[slot, : len(others)] = fits
        self.had_any[slot] = self.had_any[others] = True
        lists = self.lists[others]
        waits = self._slots.waits[lists]
        columns = waits.argmin(axis=1)
        if not np.count_nonzero(waits[np.arange(len(others)), columns]):
            self.lists[others, columns] = slot
            self.fits[others, columns] = fits
        else:
            self._replace_worst(slot, others, fits)

    def withdraw(self, slot: int, others: Ints) -> None:
        """Remove a ticket from the lists of `others`, and clear its own."""
        lists = self.lists[others]
        named = lists == slot
        self.lists[others] = np.where(named, NO_SLOT, lists)
        self.fits[others] = np.where(named, NO_FIT, self.fits[others])
        self.clear(slot)

    def clear(self, slot: int) -> None:
        """Empty a ticket's own list."""
        self.lists[slot] = NO_SLOT
        self.fits[slot] = NO_FIT
        self.had_any[slot] = self.overflowed[slot] = False

    def has_any(self, slot: int) -> bool:
        """Whether a ticket has a candidate, or had one that has left since."""
        return bool(self.had_any[slot] and self.fits[slot].max() > 0)

    def depleted(self, slots: Ints) -> Ints:
        """Those of `slots` that had more partners than their list holds and have too few of them left."""
        overflowed = slots[self.overflowed[slots]]
        if not len(overflowed):
            return overflowed
        left = np.count_nonzero(self._slots.waits[self.lists[overflowed]], axis=1)
        depleted: Ints = overflowed[left < TOO_FEW]
        return depleted

    def drop_absent(self) -> None:
        """Remove from all lists the tickets that no longer wait."""
        absent = ~self._slots.waits[self.lists]
        self.lists[absent] = NO_SLOT
        self.fits[absent] = NO_FIT

    def grow(self) -> None:
        """Grow to the number of slots."""
        size = len(self.lists)
        resize_columns((self.lists, self.fits, self.had_any, self.overflowed), len(self._slots))
        self.fits[size:] = NO_FIT

    def _replace_worst(self, slot: int, others: Ints, fits: Floats) -> None:
        lists = self.lists[others]
        known = np.where(self._slots.waits[lists], self.fits[others], NO_FIT)
        ranks = self._ranks(others[:, None], lists, known)
        worst = ranks.argmin(axis=1)
        rows = np.arange(len(others))
        better = self._ranks(others, slot, fits) > ranks[rows, worst]
        self.overflowed[others] |= ~better | (known[rows, worst] > 0)
        others, worst = others[better], worst[better]
        self.lists[others, worst] = slot
        self.fits[others, worst] = fits[better]

    def _ranks(self, mine: Ints, theirs: Ints | NDArray[np.int32] | int, fits: Floats) -> Floats:
        number = self._slots.number
        ranks: Floats = fits - DISTANCE_PENALTY * np.abs(number[theirs] - number[mine] + EARLIER_BIAS)
        return ranks
