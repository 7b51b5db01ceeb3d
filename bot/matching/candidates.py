"""Candidates: for each waiting ticket, the few best partners waiting in its pool.

Decisions consider only these, which keeps them fast. Owns the lists, their fits, and two flags per ticket.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.matching.fit_table import Floats, Ints
from bot.matching.slots import INITIAL_SLOTS, NO_SLOT, Slots, resize_columns

CANDIDATES: Final = 12
"""Partners listed per ticket; more cost time and hardly improve the pairs."""
TOO_FEW: Final = 6
"""A ticket with fewer candidates left than this gets new ones, if it had more possible partners."""
NO_FIT: Final = -1.0

DISTANCE_PENALTY: Final = 1e-10
"""Equally good partners rank by distance in order of arrival; otherwise all tickets would choose the same few."""
EARLIER_BIAS: Final = 0.25
"""Of two equally distant ones, the earlier ranks first."""


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
