"""Every request with the bot's token passes here when it is sent, the library's own retries included.

Answers to interactions and what else carries a token of its own pass at once: Discord does not count them.
"""

import asyncio
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from http import HTTPStatus
from types import SimpleNamespace
from typing import Final

import aiohttp
from aiohttp.client_reqrep import ClientRequest
from aiohttp.connector import Connection
from aiohttp.tracing import Trace

from bot.chat.discord_limits import REQUESTS_AT_ONCE, REQUESTS_PER_SECOND, Share
from bot.chat.invalid_requests import InvalidRequests
from bot.clock import Clock, describe_time
from bot.log import ExpectedError
from bot.metrics import Metrics

LONGEST_WAIT = 10.0  # seconds in the queue; whoever would wait longer is told when to come back
LONGEST_STOP = 3600.0  # seconds for which one answer of Discord's may stop us
UNNAMED_STOP = 60.0  # seconds to stop if Discord does not say how long
MAX_CONNECTIONS = 200
ANSWER_WITHIN = 15.0  # seconds, for a connection and then for an answer; Discord's take one second at most
ROUNDING = 0.01  # of a slot: what is free in a moment is free now, so that no pause is too short for a clock
CURRENT_SHARE: Final = ContextVar("current_share", default=Share.OTHER)


class HeldBack(aiohttp.ClientError, ExpectedError):
    """A request was not sent, because Discord would refuse it. It may be sent in `retry_after` seconds."""

    def __init__(self, reason: str, *, retry_after: float) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class NotDiscord(aiohttp.ClientError, ExpectedError):
    """Something other than Discord answers here with a web page: perhaps this network wants a login first."""


@contextmanager
def use_share(share: Share) -> Iterator[None]:
    """Count the requests sent inside the block, by this task, to `share`."""
    reset = CURRENT_SHARE.set(share)
    try:
        yield
    finally:
        CURRENT_SHARE.reset(reset)


class _ShareQueue:
    """The queue of one share: first come, first served, evenly spaced after the first few."""

    def __init__(self, clock: Clock, *, per_second: int, at_once: int) -> None:
        self._clock = clock
        self._per_second = per_second
        self._at_once = float(at_once)
        self._free = self._at_once
        self._counted_at = clock.monotonic()
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def wait(self, pace: Callable[[], float], seconds_stopped: Callable[[], float]) -> None:
        """Return when the caller may send, at `pace()` times the full rate and not while sending is stopped."""
        self._refuse_long_wait(_divide(self._waiting + 1 - self._free, pace() * self._per_second))
        self._waiting += 1
        try:
            async with self._turn:
                while (seconds := max(self._seconds_to_next(pace()), seconds_stopped())) > 0:
                    self._refuse_long_wait(seconds)
                    await self._clock.sleep(seconds)
                self._free -= 1
        finally:
            self._waiting -= 1

    def _seconds_to_next(self, pace: float) -> float:
        now, rate = self._clock.monotonic(), pace * self._per_second
        self._free = min(self._at_once, self._free + (now - self._counted_at) * rate)
        self._counted_at = now
        return _divide(1 - self._free if self._free < 1 - ROUNDING else 0.0, rate)

    def _refuse_long_wait(self, seconds: float) -> None:
        if seconds > LONGEST_WAIT:
            raise HeldBack("Discord would refuse more requests now", retry_after=min(seconds, UNNAMED_STOP))


class RequestLimiter:
    """Paces the requests of one process by share, and stops them while Discord wants none; `metrics` count refusals."""

    def __init__(self, clock: Clock, metrics: Metrics | None = None) -> None:
        self._clock = clock
        self._invalid_requests = InvalidRequests(clock, metrics)
        self._queues = {
            share: _ShareQueue(clock, per_second=REQUESTS_PER_SECOND[share], at_once=REQUESTS_AT_ONCE[share])
            for share in Share
        }
        self._stopped_until = -math.inf

    async def wait_for_slot(self) -> None:
        """Return when the current task may send one request of its share.

        Raises HeldBack if that would take longer than `LONGEST_WAIT`.
        """
        await self._queues[CURRENT_SHARE.get()].wait(lambda: self._invalid_requests.pace, self._seconds_stopped)

    @property
    def stopped_because(self) -> str | None:
        """Why nothing may be sent at present, as one sentence; None while sending is allowed."""
        if self._invalid_requests.pace == 0:
            return "Discord refused so many requests in the last ten minutes that sending has stopped."
        if self._seconds_stopped() > LONGEST_WAIT:
            now = self._clock.now()
            until = describe_time(now + timedelta(seconds=self._seconds_stopped()), now)
            return f"Discord asked for a pause, and sending has stopped until {until}."
        return None

    def connector(self) -> aiohttp.TCPConnector:
        """The connector for a session whose requests are to pass here. Call it in a running loop."""
        return _PacedConnector(self)

    def trace_config(self) -> aiohttp.TraceConfig:
        """The trace for the same session: it learns from Discord's answers. Raises NotDiscord for a web page."""
        trace = aiohttp.TraceConfig()
        trace.on_request_end.append(self._after_request)
        return trace

    def _seconds_stopped(self) -> float:
        return max(0.0, self._stopped_until - self._clock.monotonic())

    async def _after_request(
        self, _: aiohttp.ClientSession, __: SimpleNamespace, request: aiohttp.TraceRequestEndParams
    ) -> None:
        response = request.response
        shared = response.headers.get("X-RateLimit-Scope") == "shared"
        self._invalid_requests.record(response.status, shared=shared)
        is_page = response.content_type == "text/html"
        if response.status == HTTPStatus.TOO_MANY_REQUESTS and (is_page or "X-RateLimit-Global" in response.headers):
            seconds = seconds_to_wait(response.headers.get("Retry-After")) or UNNAMED_STOP
            self._stopped_until = self._clock.monotonic() + min(seconds, LONGEST_STOP)
        if is_page and response.ok:
            response.close()
            raise NotDiscord(NotDiscord.__doc__)


class _PacedConnector(aiohttp.TCPConnector):
    """Waits for a slot once the connection stands, so that a request is counted in the moment it is sent."""

    def __init__(self, limiter: RequestLimiter) -> None:
        super().__init__(limit=MAX_CONNECTIONS)
        self._limiter = limiter

    async def connect(  # its parent's arguments
        self,
        req: ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 -- the same
    ) -> Connection:
        limits = aiohttp.ClientTimeout(connect=timeout.connect, sock_connect=ANSWER_WITHIN)
        connection = await super().connect(req, traces, limits)
        if aiohttp.hdrs.AUTHORIZATION in req.headers:
            try:
                await self._limiter.wait_for_slot()
            except BaseException:
                connection.release()
                raise
        if aiohttp.hdrs.UPGRADE not in req.headers:  # the gateway's connection stays
            _end_when_silent(connection)
        return connection


def _end_when_silent(connection: Connection) -> None:
    """Let the request on `connection` fail if its answer is not complete within `ANSWER_WITHIN`."""

    def give_up() -> None:
        if connection.protocol is not None and connection.transport is not None:
            connection.protocol.set_exception(aiohttp.SocketTimeoutError("Discord doesn't answer in time"))
            connection.transport.abort()

    connection.add_callback(asyncio.get_running_loop().call_later(ANSWER_WITHIN, give_up).cancel)


def _divide(missing: float, rate: float) -> float:
    """The seconds in which `missing` slots become free; endless if none ever does."""
    return max(0.0, missing) / rate if rate > 0 else math.inf


def seconds_to_wait(retry_after: str | None) -> float | None:
    """The seconds of a header Retry-After; None if there is none, or if it is a date, which Discord does not send."""
    try:
        seconds = float(retry_after or "")
    except ValueError:
        return None
    return seconds if 0 <= seconds < math.inf else None
