"""A pool: its waiting tickets and its recent arrivals, as columns in order of arrival, for fast rows of fits.

Owns the tickets' profiles, which of them still wait, and the values of recent arrivals. `slots` owns the tickets.
"""

import math
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.domain.ticket import ANY, Ticket, Wishes
from bot.matching.fit_table import (
    ROW_STRIDE,
    SAME_GROUP_OFFSET,
    SAME_SUBJECT_OFFSET,
    Floats,
    Ints,
    Number,
    as_constant,
    encode_wishes,
)
from bot.matching.queue_columns import NO_SLOT
from bot.matching.reservation import POOL_MEMORY_S, RECENT_ARRIVALS

# Zero-dimensional arrays, because NumPy would convert plain numbers at each use.
SUBJECT_OFFSET, GROUP_OFFSET = (as_constant(np.array(offset)) for offset in (SAME_SUBJECT_OFFSET, SAME_GROUP_OFFSET))
INITIAL_PLACES: Final = 16
WORD_BITS: Final = 62
WORD_MASK: Final = (1 << WORD_BITS) - 1

CODE, SUBJECT, GROUP, MEMBER, FIRST_WORD = range(5)
"""The rows of a pool's profiles. Those from `FIRST_WORD` on have one bit per combination of length and language."""


class Pool:
    """The columns of one pool, indexed by place. `fit_table` is from `build_fit_table`.

    Places are valid until `compact`. A ticket that no longer waits keeps its place until then; its slot is `NO_SLOT`.
    """

    def __init__(self, fit_table: Floats) -> None:
        self.count = 0
        self.last_arrival_at = -math.inf  # seconds since the epoch
        self.initial_values = np.zeros(INITIAL_PLACES)  # reservation value on arrival
        self.prices = np.zeros(INITIAL_PLACES)  # competition price
        self._fit_table = fit_table
        self._slots = np.zeros(INITIAL_PLACES, np.int64)
        self._profiles = np.zeros((FIRST_WORD + 1, INITIAL_PLACES), np.int64)
        self._subjects: dict[str, int] = {ANY: 0}
        self._groups: dict[str, int] = {}
        self._bits: dict[tuple[int, str], int] = {}  # by length and language
        self._last_number = 0

    def add(self, ticket: Ticket, *, slot: int, arrived_at: float) -> tuple[int, int]:
        """Add a ticket after all others; the pool must not be full. Returns its place and its number.

        The number counts the arrivals of the pool. `last_arrival_at` becomes `arrived_at` unless that is earlier.
        """
        place = self.count
        self.count += 1
        self._last_number += 1
        self.last_arrival_at = max(self.last_arrival_at, arrived_at)
        self._slots[place] = slot
        self.update(place, ticket, number=self._last_number)
        return place, self._last_number

    def update(self, place: int, ticket: Ticket, *, number: int) -> None:
        """Store a ticket's wishes at its place; `number` is the one that `add` returned."""
        wishes = ticket.wishes
        subject = self._subjects.setdefault(wishes.subject, len(self._subjects))
        profile = [encode_wishes(wishes), subject, self._group(wishes.subject_group, number), ticket.member_id]
        profile += self._words(wishes)
        if len(profile) > len(self._profiles):
            self._profiles = np.pad(self._profiles, ((0, len(profile) - len(self._profiles)), (0, 0)))
        self._profiles[:, place] = profile + [0] * (len(self._profiles) - len(profile))

    def set_expectations(self, place: int, *, initial_value: float, price: float) -> None:
        """Store the reservation value on arrival and the competition price of the ticket at a place."""
        self.initial_values[place] = initial_value
        self.prices[place] = price

    def vacate(self, place: int) -> None:
        """Mark the ticket at a place as no longer waiting. It remains one of the recent arrivals."""
        self._slots[place] = NO_SLOT

    def slots(self) -> Ints:
        """The slots at all places; `NO_SLOT` if the ticket no longer waits."""
        return self._slots[: self.count]

    def waiting(self) -> Ints:
        """The slots of the tickets that wait, in order of arrival."""
        slots = self.slots()
        waiting: Ints = slots[slots.nonzero()]
        return waiting

    def recent(self) -> slice:
        """The places of the last `RECENT_ARRIVALS` arrivals."""
        return slice(max(0, self.count - RECENT_ARRIVALS), self.count)

    def fits_of(self, place: int, others: slice) -> Floats:
        """The fits of one ticket with `others`, shape (others,); no history, and 0 with itself."""
        return self._fits(self._profiles[:, place].tolist(), self._profiles[:, others])

    def fit_rows(self, places: Ints) -> Floats:
        """The fits of many tickets with everybody in the pool, shape (places, count); no history."""
        return self._fits(self._profiles[:, places, None], self._profiles[:, : self.count])

    def is_idle(self, now: float) -> bool:
        """Whether nobody waits here and nobody has arrived within `POOL_MEMORY_S`."""
        return self.last_arrival_at < now - POOL_MEMORY_S and not self._slots.any()

    def is_full(self) -> bool:
        """Whether there is no place for another ticket."""
        return self.count == len(self._slots)

    def compact(self) -> None:
        """Drop the tickets that neither wait nor arrived recently, and make room for more. All places change."""
        known = self.slots() != NO_SLOT
        known[self.recent()] = True
        kept = np.flatnonzero(known)
        self.count = len(kept)
        size = max(INITIAL_PLACES, 2 * len(kept))
        self._profiles = _compacted(self._profiles, kept, size)
        self._slots = _compacted(self._slots, kept, size)
        self.initial_values = _compacted(self.initial_values, kept, size)
        self.prices = _compacted(self.prices, kept, size)

    def _group(self, name: str, number: int) -> int:
        """The number of a group; a ticket without one gets a group of its own."""
        return -number if name == ANY else self._groups.setdefault(name, len(self._groups))

    def _words(self, wishes: Wishes) -> list[int]:
        """One bit per length and language: two tickets have a common bit if they share both a length and a language."""
        bits = 0
        for both in product(wishes.lengths, wishes.languages):
            bits |= 1 << self._bits.setdefault(both, len(self._bits))
        return [bits >> low & WORD_MASK for low in range(0, bits.bit_length(), WORD_BITS)]

    def _fits(self, mine: Ints | list[int], theirs: Ints) -> Floats:
        index = theirs[CODE] + ROW_STRIDE * mine[CODE]
        index += SUBJECT_OFFSET * (theirs[SUBJECT] == mine[SUBJECT])
        index += GROUP_OFFSET * (theirs[GROUP] == mine[GROUP])
        shared = theirs[FIRST_WORD] & mine[FIRST_WORD]
        for word in range(FIRST_WORD + 1, len(theirs)):
            shared |= theirs[word] & mine[word]
        allowed = shared.astype(np.bool_)
        allowed &= theirs[MEMBER] != mine[MEMBER]
        fits: Floats = self._fit_table.take(index)
        fits *= allowed
        return fits


def _compacted(columns: NDArray[Number], kept: Ints, size: int) -> NDArray[Number]:
    """The kept columns first, then zeros up to `size`."""
    compacted = np.zeros((*columns.shape[:-1], size), columns.dtype)
    compacted[..., : len(kept)] = columns[..., kept]
    return compacted
