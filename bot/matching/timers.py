"""Timers: when something about a waiting ticket is due."""

import heapq
import math
from collections.abc import Callable, Iterator

from bot.matching.queue_columns import Slots


class Timers:
    """Times in seconds since the epoch, each for a ticket as it was then: outdated once the ticket's version changes.

    `is_needed` tells for a slot whether something is still due there; it is asked only about a ticket that has not
    changed.
    """

    def __init__(self, slots: Slots, is_needed: Callable[[int], bool] = lambda _: True) -> None:
        self._slots = slots
        self._is_needed = is_needed
        self._heap: list[tuple[float, int, int]] = []  # time, slot and version

    def set_timer(self, slot: int, at: float) -> None:
        """Set a timer for the ticket in `slot`; it may have several."""
        heapq.heappush(self._heap, (at, slot, int(self._slots.version[slot])))

    def next_at(self) -> float:
        """The time of the next timer, outdated or not; infinite if there is none."""
        return self._heap[0][0] if self._heap else math.inf

    def pop_due(self, now: float) -> Iterator[int]:
        """Remove the timers up to `now`; yields the slots of those that are needed and not outdated."""
        while self._heap and self._heap[0][0] <= now:
            _, slot, version = heapq.heappop(self._heap)
            if self._is_due(slot, version):
                yield slot

    def drop_needless(self, before: float) -> None:
        """Drop timers before the time `before`, until one that is needed and not outdated."""
        while self._heap and self._heap[0][0] < before and not self._is_due(*self._heap[0][1:]):
            heapq.heappop(self._heap)

    def _is_due(self, slot: int, version: int) -> bool:
        return bool(self._slots.version[slot] == version) and self._is_needed(slot)
