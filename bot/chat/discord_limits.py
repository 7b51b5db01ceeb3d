"""Discord's limits: the sizes it accepts, and how many refused requests it tolerates before banning our address.

Discord bans at 10,000 invalid requests (401, 403, 429) in ten minutes. We stop sending at 500.
"""

import logging
from collections import deque
from datetime import datetime, timedelta
from types import SimpleNamespace

import aiohttp

from bot.clock import Clock

MAX_CHOICES = 25
"""Options of one select menu, choices of one autocompletion."""
MAX_CHOICE_LETTERS = 100
MAX_CUSTOM_ID_LETTERS = 100
MAX_FORM_FIELDS = 5
MAX_TEXT_INPUT_LETTERS = 4000

MAX_INVALID_REQUESTS = 500
COUNTED_FOR = timedelta(minutes=10)
INVALID_STATUSES = frozenset({401, 403, 429})

log = logging.getLogger(__name__)


class TooManyInvalidRequests(aiohttp.ClientError):
    """Discord refused too many requests in the last ten minutes; sending is paused until some of them are older."""


class InvalidRequestCounter:
    """Counts invalid requests, and blocks the HTTP sessions that use its `trace_config` once there are too many."""

    def __init__(self, clock: Clock, *, limit: int = MAX_INVALID_REQUESTS) -> None:
        self._clock = clock
        self._limit = limit
        self._seen: deque[datetime] = deque()

    def record(self, status: int, *, shared: bool = False) -> None:
        """Record the status of a response. A 429 from a limit `shared` with other bots does not count."""
        if status not in INVALID_STATUSES or shared:
            return
        self._seen.append(self._clock.now())
        if len(self._seen) == self._limit:
            log.error("Discord refused %d requests in ten minutes. Sending nothing more for a while.", self._limit)

    @property
    def limit_reached(self) -> bool:
        """Whether nothing may be sent now."""
        oldest_that_counts = self._clock.now() - COUNTED_FOR
        while self._seen and self._seen[0] < oldest_that_counts:
            self._seen.popleft()
        return len(self._seen) >= self._limit

    def trace_config(self) -> aiohttp.TraceConfig:
        """A trace for an aiohttp session: its requests are counted, and raise TooManyInvalidRequests at the limit."""
        trace = aiohttp.TraceConfig()
        trace.on_request_start.append(self._before_request)
        trace.on_request_end.append(self._after_request)
        return trace

    async def _before_request(
        self, _: aiohttp.ClientSession, __: SimpleNamespace, ___: aiohttp.TraceRequestStartParams
    ) -> None:
        if self.limit_reached:
            raise TooManyInvalidRequests(TooManyInvalidRequests.__doc__)

    async def _after_request(
        self, _: aiohttp.ClientSession, __: SimpleNamespace, request: aiohttp.TraceRequestEndParams
    ) -> None:
        shared = request.response.headers.get("X-RateLimit-Scope") == "shared"
        self.record(request.response.status, shared=shared)
