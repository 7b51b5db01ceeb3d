"""Counts what Discord calls invalid requests (401, 403, 429) and stops long before they ban our address.

Discord bans at 10,000 in ten minutes; we send nothing more at 500, until enough of them are ten minutes old.
"""

import logging
from collections import deque
from datetime import datetime, timedelta
from types import SimpleNamespace

import aiohttp

from bot.clock import Clock

LIMIT = 500
WINDOW = timedelta(minutes=10)
INVALID = frozenset({401, 403, 429})

log = logging.getLogger(__name__)


class TooManyInvalidRequests(aiohttp.ClientError):
    """Too many requests to Discord were refused in the last ten minutes; nothing is sent until some are forgotten."""


class InvalidRequests:
    """The count, and the trace that feeds it and stops requests before they leave."""

    def __init__(self, clock: Clock, *, limit: int = LIMIT) -> None:
        self._clock = clock
        self._limit = limit
        self._seen: deque[datetime] = deque()

    def note(self, status: int, *, shared: bool = False) -> None:
        """One answer came with `status`; a 429 of a limit that others share does not count."""
        if status not in INVALID or shared:
            return
        self._seen.append(self._clock.now())
        if len(self._seen) == self._limit:
            log.error("Discord refused %d requests in ten minutes. I send nothing more for a while.", self._limit)

    @property
    def stopped(self) -> bool:
        """Whether nothing may be sent now."""
        oldest_that_counts = self._clock.now() - WINDOW
        while self._seen and self._seen[0] < oldest_that_counts:
            self._seen.popleft()
        return len(self._seen) >= self._limit

    def trace(self) -> aiohttp.TraceConfig:
        """What an aiohttp session needs to be counted and stopped."""
        trace = aiohttp.TraceConfig()
        trace.on_request_start.append(self._before)
        trace.on_request_end.append(self._after)
        return trace

    async def _before(
        self, _: aiohttp.ClientSession, __: SimpleNamespace, ___: aiohttp.TraceRequestStartParams
    ) -> None:
        if self.stopped:
            raise TooManyInvalidRequests(TooManyInvalidRequests.__doc__)

    async def _after(
        self, _: aiohttp.ClientSession, __: SimpleNamespace, answer: aiohttp.TraceRequestEndParams
    ) -> None:
        shared = answer.response.headers.get("X-RateLimit-Scope") == "shared"
        self.note(answer.response.status, shared=shared)
