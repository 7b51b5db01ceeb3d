"""Last calls: shortly before a ticket expires, its pool is looked at once more.

Owns the times of the last calls, as a heap whose entries may be outdated.
"""

import heapq
import math
from collections.abc import Iterator
from typing import Final

from bot.matching.candidates import Candidates
from bot.matching.slots import Slots

LAST_CALL_S: Final = 1.0
"""How long before its ticket expires a last call is."""


class LastCalls:
    """When the last calls are, in seconds since the epoch."""

    def __init__(self, slots: Slots, candidates: Candidates) -> None:
        self._slots = slots
        self._candidates = candidates
        self._heap: list[tuple[float, int, int]] = []  # time, slot and version

    def schedule(self, slot: int) -> None:
        """Plan the last call of a ticket, as it is now; outdated once its version changes."""
        at = float(self._slots.expires[slot]) - LAST_CALL_S
        heapq.heappush(self._heap, (at, slot, int(self._slots.version[slot])))

    def next_at(self) -> float:
        """The time of the next last call, outdated or not; infinite if there is none."""
        return self._heap[0][0] if self._heap else math.inf

    def pop_due(self, now: float) -> Iterator[int]:
        """Remove the last calls up to `now`; yields the slots of those that are not outdated."""
        while self._heap and self._heap[0][0] <= now:
            _, slot, version = heapq.heappop(self._heap)
            if self._slots.version[slot] == version:
                yield slot

    def drop_needless(self, before: float) -> None:
        """Drop last calls before the time `before`, until one whose ticket is unchanged and has a candidate.

        Afterwards, if `next_at` is before that time, a decision then may change something.
        """
        while self._heap and self._heap[0][0] < before and not self._is_needed(*self._heap[0][1:]):
            heapq.heappop(self._heap)

    def _is_needed(self, slot: int, version: int) -> bool:
        candidates = self._candidates
        return bool(
            self._slots.version[slot] == version and candidates.had_any[slot] and candidates.fits[slot].max() > 0
        )
