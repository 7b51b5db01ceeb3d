"""Slots: the waiting tickets of all pools, as columns. A slot is an index into all columns of the queue.

Owns the tickets' own columns; `candidates` and `valuation` own the others.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bot.domain.ticket import Ticket
from bot.matching.fit_table import Ints

NO_SLOT: Final = 0
"""A slot that is never taken: it means "nobody"."""
INITIAL_SLOTS: Final = 64


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
        columns = (self.since, self.expires, self.front, self.waits, self.version, self.place, self.number)
        resize_columns(columns, 2 * size)
        self.tickets += [None] * size
        self._free = list(range(2 * size - 1, size - 1, -1))


def resize_columns(columns: Sequence[NDArray[Any]], size: int) -> None:
    """Resize the first axis of each column in place; new entries are 0."""
    for column in columns:
        column.resize((size, *column.shape[1:]), refcheck=False)
