"""Counts the requests that Discord refused: too many of them, and it bans our address."""

import logging
from collections import deque

from bot.chat.discord_limits import COUNTED_FOR, INVALID_STATUSES, MAX_INVALID_REQUESTS
from bot.clock import Clock

log = logging.getLogger(__name__)


class InvalidRequests:
    """The refused requests of the last ten minutes. `limit` of them stop all sending."""

    def __init__(self, clock: Clock, *, limit: int = MAX_INVALID_REQUESTS) -> None:
        self._clock = clock
        self._limit = limit
        self._seen: deque[float] = deque()

    def record(self, status: int, *, shared: bool = False) -> None:
        """Record the status of a response. A 429 from a limit `shared` with other bots does not count."""
        if status not in INVALID_STATUSES or shared:
            return
        self._seen.append(self._clock.monotonic())
        if len(self._seen) == self._limit:
            log.error(
                "Discord refused %d requests in ten minutes; with many more it would ban this machine's address. "
                "Sending nothing more until some of them are ten minutes old.",
                self._limit,
            )

    @property
    def count(self) -> int:
        """How many there are."""
        oldest_that_counts = self._clock.monotonic() - COUNTED_FOR
        while self._seen and self._seen[0] < oldest_that_counts:
            self._seen.popleft()
        return len(self._seen)

    @property
    def pace(self) -> float:
        """The part of the full rate, from 1 down to 0, at which to send: the more were refused, the slower."""
        return max(0.0, 1.0 - self.count / self._limit)
