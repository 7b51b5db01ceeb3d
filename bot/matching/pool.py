"""A pool: everybody who waits in it or came lately, as columns in the order they came, so that one look is one row.

It knows profiles and who is still there; times, candidates and the rule are the line's.
"""

import math
from itertools import product
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from bot.domain.ticket import ANY, Ticket, Wishes
from bot.matching.fit_table import ROW, SAME_GROUP, SAME_SUBJECT, Floats, Ints, code
from bot.matching.reservation import POOL_MEMORY_S, RECENT_ARRIVALS

Number = TypeVar("Number", np.int64, np.float64)

GONE: Final = 0
"""The slot of somebody who came lately and waits no more."""

SUBJECT_STEP, GROUP_STEP = np.array(SAME_SUBJECT), np.array(SAME_GROUP)  # plain numbers would be made arrays each time
SMALLEST: Final = 16
WORD: Final = 62
"""So many bits to a whole number."""
ALL_BITS: Final = (1 << WORD) - 1

CODE, SUBJECT, GROUP, MEMBER, FIRST_WORD = range(5)
"""What is known of each; from `FIRST_WORD` on, which lengths they would have in which languages, as bits."""


class Pool:
    """The columns of one pool. A place in them holds until `compact`."""

    def __init__(self, table: Floats) -> None:
        self.count = 0
        self.last_came = -math.inf  # in seconds since the epoch; nobody comes before the last
        self.kept = np.zeros(SMALLEST)  # what waiting on was worth to each when they came
        self.prices = np.zeros(SMALLEST)  # what each could have otherwise: see `bot.matching.reservation.price`
        self._table = table
        self._slots = np.zeros(SMALLEST, np.int64)
        self._columns = np.zeros((FIRST_WORD + 1, SMALLEST), np.int64)
        self._subjects: dict[str, int] = {ANY: 0}
        self._groups: dict[str, int] = {}
        self._bits: dict[tuple[int, str], int] = {}  # by length and language
        self._number = 0  # of the last one who came

    def add(self, ticket: Ticket, *, slot: int, came: float) -> tuple[int, int]:
        """Put somebody last, where there is room; their place, and their number in the line, which nobody else gets."""
        place = self.count
        self.count += 1
        self._number += 1
        self.last_came = max(self.last_came, came)
        self._slots[place] = slot
        self.rewrite(place, ticket, number=self._number)
        return place, self._number

    def rewrite(self, place: int, ticket: Ticket, *, number: int) -> None:
        """The wishes of somebody who stays where they are, with this number."""
        wishes = ticket.wishes
        subject = self._subjects.setdefault(wishes.subject, len(self._subjects))
        column = [code(wishes), subject, self._group(wishes.subject_group, number), ticket.member_id]
        column += self._words(wishes)
        if len(column) > len(self._columns):
            self._columns = np.pad(self._columns, ((0, len(column) - len(self._columns)), (0, 0)))
        self._columns[:, place] = column + [0] * (len(self._columns) - len(column))

    def _group(self, name: str, number: int) -> int:
        """Who has no group gets a number that is nobody else's, so that they share it with nobody."""
        return -number if name == ANY else self._groups.setdefault(name, len(self._groups))

    def _words(self, wishes: Wishes) -> list[int]:
        """A bit for each length in each language: two share one of these if they share a length and a language."""
        bits = 0
        for both in product(wishes.lengths, wishes.languages):
            bits |= 1 << self._bits.setdefault(both, len(self._bits))
        return [bits >> low & ALL_BITS for low in range(0, bits.bit_length(), WORD)]

    def leave(self, place: int) -> None:
        """Somebody waits no more; they are remembered for a while."""
        self._slots[place] = GONE

    def slots(self) -> Ints:
        """The slots of all who are known, `GONE` for those who wait no more."""
        return self._slots[: self.count]

    def waiting(self) -> Ints:
        """The slots of those who wait."""
        slots = self.slots()
        waiting: Ints = slots[slots.nonzero()]
        return waiting

    def fits_of(self, place: int, others: slice) -> Floats:
        """The fit of one with `others`, themselves too (0), as if nobody had a history; shape (others,)."""
        return self._fits(self._columns[:, place].tolist(), self._columns[:, others])

    def fit_rows(self, places: Ints) -> Floats:
        """The same for many with all who are known; shape (places, count)."""
        return self._fits(self._columns[:, places, None], self._columns[:, : self.count])

    def _fits(self, mine: Ints | list[int], theirs: Ints) -> Floats:
        where = theirs[CODE] + ROW * mine[CODE]
        where += SUBJECT_STEP * (theirs[SUBJECT] == mine[SUBJECT])
        where += GROUP_STEP * (theirs[GROUP] == mine[GROUP])
        shared = theirs[FIRST_WORD] & mine[FIRST_WORD]
        for word in range(FIRST_WORD + 1, len(theirs)):
            shared |= theirs[word] & mine[word]
        allowed = shared.astype(np.bool_)
        allowed &= theirs[MEMBER] != mine[MEMBER]
        fits: Floats = self._table.take(where)
        fits *= allowed
        return fits

    def lately(self) -> slice:
        """The places of those who are remembered: so many who came last."""
        return slice(max(0, self.count - RECENT_ARRIVALS), self.count)

    def is_over(self, now: float) -> bool:
        """Whether nobody waits here and nobody came lately."""
        return self.last_came < now - POOL_MEMORY_S and not self._slots.any()

    def is_full(self) -> bool:
        """Whether there is no room for one more."""
        return self.count == len(self._slots)

    def compact(self) -> None:
        """Forget whoever neither waits nor came lately, and make room; everybody's place changes."""
        known = self.slots() != GONE
        known[self.lately()] = True
        kept = np.flatnonzero(known)
        self.count = len(kept)
        room = max(SMALLEST, 2 * len(kept))
        self._columns = _moved(self._columns, kept, room)
        self._slots = _moved(self._slots, kept, room)
        self.kept = _moved(self.kept, kept, room)
        self.prices = _moved(self.prices, kept, room)


def _moved(columns: NDArray[Number], kept: Ints, room: int) -> NDArray[Number]:
    """The kept columns first, then as many empty ones as there is room for."""
    moved = np.zeros((*columns.shape[:-1], room), columns.dtype)
    moved[..., : len(kept)] = columns[..., kept]
    return moved
