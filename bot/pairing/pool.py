"""A pool: everybody who waits in it or came lately, as columns in the order they came, so that one look is one row.

It knows profiles and who is still there; times, candidates and the rule are the line's.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from bot.pairing.fits import ROW, SAME_GROUP, SAME_SUBJECT, Flags, Floats, Ints, code
from bot.pairing.keep import FORGOTTEN_S, REMEMBERED
from bot.pairing.ticket import ANY, Ticket

Number = TypeVar("Number", np.int64, np.float64)

GONE: Final = 0
"""The slot of somebody who came lately and waits no more."""

SMALLEST: Final = 16
WORD: Final = 62
"""Lengths and languages as bits, so many to a whole number."""

CODE, SUBJECT, GROUP, MEMBER, SLOT, NUMBER, FIRST_WORD = range(7)
"""What is known of each; from `FIRST_WORD` on, their lengths and languages."""


class _Words:
    """Sets of values as bits: which bit is which value's, and in which rows of the columns they are."""

    def __init__(self) -> None:
        self._bits: dict[Hashable, int] = {}
        self._rows: list[int] = []

    def words(self, values: Iterable[Hashable], another_row: Callable[[], int]) -> Mapping[int, int]:
        """The words of a set, by row; new values may need another row."""
        words: dict[int, int] = {}
        for value in values:
            word, bit = divmod(self._bits.setdefault(value, len(self._bits)), WORD)
            if word == len(self._rows):
                self._rows.append(another_row())
            row = self._rows[word]
            words[row] = words.get(row, 0) | 1 << bit
        return words

    def common(self, theirs: Ints, mine: Ints | list[int]) -> Flags:
        """With whom at least one value is shared."""
        first, *others = self._rows
        shared: Flags = (theirs[first] & mine[first]) != 0
        for row in others:
            shared |= (theirs[row] & mine[row]) != 0
        return shared


class Pool:
    """The columns of one pool. A place in them holds until `tidy`."""

    def __init__(self, table: Floats) -> None:
        self.count = 0
        self.came = np.zeros(SMALLEST)
        self.kept = np.zeros(SMALLEST)  # what waiting on was worth to each when they came
        self.prices = np.zeros(SMALLEST)  # what each could have otherwise: see `bot.pairing.keep.price`
        self._table = table
        self._columns = np.zeros((FIRST_WORD, SMALLEST), np.int64)
        self._subjects: dict[str, int] = {ANY: 0}
        self._groups: dict[str, int] = {}
        self._lengths = _Words()
        self._languages = _Words()
        self._number = 0  # of the last one who came

    def add(self, ticket: Ticket, *, slot: int, came: float) -> tuple[int, int]:
        """Put somebody last, where there is room; their place, and their number in the line, which nobody else gets."""
        place = self.count
        self.count += 1
        self._number += 1
        self.came[place] = max(came, self.came[place - 1] if place else came)
        self._write(place, ticket, slot=slot, number=self._number)
        return place, self._number

    def rewrite(self, place: int, ticket: Ticket) -> None:
        """Other wishes for somebody who stays where they are."""
        slot, number = self._columns[[SLOT, NUMBER], place].tolist()
        self._write(place, ticket, slot=slot, number=number)

    def _write(self, place: int, ticket: Ticket, *, slot: int, number: int) -> None:
        wishes = ticket.wishes
        words = {
            **self._lengths.words(wishes.lengths, self._word),
            **self._languages.words(wishes.languages, self._word),
        }
        column = [0] * len(self._columns)
        column[CODE] = code(wishes)
        column[SUBJECT] = self._subjects.setdefault(wishes.subject, len(self._subjects))
        column[GROUP] = self._group(wishes.subject_group, number)
        column[MEMBER], column[SLOT], column[NUMBER] = ticket.member_id, slot, number
        for row, word in words.items():
            column[row] = word
        self._columns[:, place] = column

    def _group(self, name: str, number: int) -> int:
        """Who has no group gets a number that is nobody else's, so that they share it with nobody."""
        return -number if name == ANY else self._groups.setdefault(name, len(self._groups))

    def _word(self) -> int:
        """One more row of words."""
        self._columns = np.vstack([self._columns, np.zeros_like(self._columns[:1])])
        return len(self._columns) - 1

    def leave(self, place: int) -> None:
        """Somebody waits no more; they are remembered for a while."""
        self._columns[SLOT, place] = GONE

    def slots(self) -> Ints:
        """The slots of all who are known, `GONE` for those who wait no more."""
        slots: Ints = self._columns[SLOT, : self.count]
        return slots

    def waiting(self) -> Ints:
        """The slots of those who wait."""
        slots = self.slots()
        waiting: Ints = slots[slots != GONE]
        return waiting

    def row(self, place: int, others: slice) -> Floats:
        """The fit of one with `others`, themselves too (0), as if nobody had a history; shape (others,)."""
        return self._fits(self._columns[:, place].tolist(), self._columns[:, others])

    def rows(self, places: Ints) -> Floats:
        """The same for many with all who are known; shape (places, count)."""
        return self._fits(self._columns[:, places, None], self._columns[:, : self.count])

    def _fits(self, mine: Ints | list[int], theirs: Ints) -> Floats:
        where = theirs[CODE] + SAME_SUBJECT * (theirs[SUBJECT] == mine[SUBJECT])
        where = where + SAME_GROUP * (theirs[GROUP] == mine[GROUP]) + ROW * mine[CODE]
        allowed = theirs[MEMBER] != mine[MEMBER]
        allowed &= self._lengths.common(theirs, mine)
        allowed &= self._languages.common(theirs, mine)
        fits: Floats = self._table.take(where)
        fits *= allowed
        return fits

    def lately(self) -> slice:
        """The places of those who are remembered: so many who came last."""
        return slice(max(0, self.count - REMEMBERED), self.count)

    def is_over(self, now: float) -> bool:
        """Whether nobody waits here and nobody came lately."""
        return bool(self.came[self.count - 1] < now - FORGOTTEN_S) and not self.slots().any()

    def is_full(self) -> bool:
        """Whether there is no room for one more."""
        return self.count == len(self.came)

    def tidy(self) -> None:
        """Forget whoever neither waits nor came lately, and make room; everybody's place changes."""
        known = self.slots() != GONE
        known[self.lately()] = True
        kept = np.flatnonzero(known)
        self.count = len(kept)
        room = max(SMALLEST, 2 * len(kept))
        self._columns = _moved(self._columns, kept, room)
        self.came = _moved(self.came, kept, room)
        self.kept = _moved(self.kept, kept, room)
        self.prices = _moved(self.prices, kept, room)


def _moved(columns: NDArray[Number], kept: Ints, room: int) -> NDArray[Number]:
    """The kept columns first, then as many empty ones as there is room for."""
    moved = np.zeros((*columns.shape[:-1], room), columns.dtype)
    moved[..., : len(kept)] = columns[..., kept]
    return moved
