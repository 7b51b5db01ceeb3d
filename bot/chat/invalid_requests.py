"""Counts the requests that Discord refused: too many of them, and it bans our address."""

import logging
from collections import deque
from collections.abc import Sequence
from enum import StrEnum
from http import HTTPStatus

from bot.chat.discord_limits import COUNTED_FOR, INVALID_STATUSES, MAX_INVALID_REQUESTS
from bot.clock import Clock
from bot.metrics import Metrics
from bot.store.refused_requests import RefusedRequests

log = logging.getLogger(__name__)


class Refusal(StrEnum):
    """How Discord refuses a request."""

    UNAUTHORIZED = "unauthorized"  # 401
    FORBIDDEN = "forbidden"  # 403
    RATE_LIMITED = "rate_limited"  # 429
    SHARED_LIMIT = "shared_limit"  # 429 as well, but other bots have used up the limit
    UNAVAILABLE = "unavailable"  # 5xx


class InvalidRequests:
    """The refused requests of the last ten minutes. `limit` of them stop all sending. `metrics` has all of them.

    Those of other processes count too, and those of processes that have ended: a restart forgives nothing.
    """

    def __init__(self, clock: Clock, metrics: Metrics | None = None, *, limit: int = MAX_INVALID_REQUESTS) -> None:
        self._clock = clock
        self._limit = limit
        self._seen: deque[float] = deque()
        self._of_others: Sequence[RefusedRequests] = ()
        self._untold = 0
        self._is_logged = False
        self._refused = (metrics or Metrics()).counter(
            "discord_requests_refused", "Requests that Discord refused, by kind.", kind=Refusal
        )

    def record(self, status: int, *, shared: bool = False) -> None:
        """Record the status of a response. A 429 from a limit `shared` with other bots is not invalid."""
        if refusal := _refusal_of(status, shared=shared):
            self._refused.count(refusal)
        if status not in INVALID_STATUSES or shared:
            return
        self._seen.append(self._clock.monotonic())
        self._untold += 1
        self._log_stop()

    @property
    def untold(self) -> int:
        """How many the other processes do not know of yet."""
        return self._untold

    def note_told(self, count: int) -> None:
        """The other processes can know of `count` more."""
        self._untold -= count

    def add_others(self, refused: Sequence[RefusedRequests]) -> None:
        """All that other processes have counted, whatever was added before."""
        self._of_others = refused
        self._log_stop()

    @property
    def count(self) -> int:
        """How many there are."""
        oldest_that_counts = self._clock.monotonic() - COUNTED_FOR.total_seconds()
        while self._seen and self._seen[0] < oldest_that_counts:
            self._seen.popleft()
        now = self._clock.now()
        others = sum(each.count for each in self._of_others if now - COUNTED_FOR <= each.until <= now + COUNTED_FOR)
        return len(self._seen) + others

    @property
    def pace(self) -> float:
        """The part of the full rate, from 1 down to 0, at which to send: the more were refused, the slower."""
        return max(0.0, 1.0 - self.count / self._limit)

    def _log_stop(self) -> None:
        is_stopped = self.count >= self._limit
        if is_stopped and not self._is_logged:
            log.error(
                "Discord refused %d requests in ten minutes; with many more it would ban this machine's address. "
                "Sending nothing more until some of them are ten minutes old.",
                self._limit,
            )
        self._is_logged = is_stopped


def _refusal_of(status: int, *, shared: bool) -> Refusal | None:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Refusal.UNAVAILABLE
    match status:
        case HTTPStatus.UNAUTHORIZED:
            return Refusal.UNAUTHORIZED
        case HTTPStatus.FORBIDDEN:
            return Refusal.FORBIDDEN
        case HTTPStatus.TOO_MANY_REQUESTS:
            return Refusal.SHARED_LIMIT if shared else Refusal.RATE_LIMITED
    return None
