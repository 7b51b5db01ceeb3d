"""Every request with the bot's token passes here when it is sent, the library's own retries included.

Answers to interactions and what else carries a token of its own pass at once: Discord does not count them.
"""

import asyncio
import math
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from types import SimpleNamespace
from typing import Final

import aiohttp
from aiohttp.client_reqrep import ClientRequest
from aiohttp.connector import Connection
from aiohttp.tracing import Trace

from bot.chat.discord_limits import LEFT_FOR_BUNCHES, Allowance, Share, allowances
from bot.chat.invalid_requests import InvalidRequests
from bot.chat.request_queue import A_MOMENT, LONGEST_WAIT, UNNAMED_STOP, HeldBack, RequestQueue, refuse_long_wait
from bot.chat.request_window import RequestWindow
from bot.chat.route_pauses import RoutePauses
from bot.clock import Clock, describe_time
from bot.log import ExpectedError
from bot.metrics import Metrics
from bot.store.chat_processes import PRESENT_FOR

LONGEST_STOP = 3600.0  # seconds for which one answer of Discord's may stop us
MAX_CONNECTIONS = 200
ANSWER_WITHIN = 15.0  # seconds, for a connection and then for an answer; Discord's take one second at most
KNOWN_FOR = PRESENT_FOR - timedelta(seconds=5)  # how long one may rely on what is known of other processes
CURRENT_SHARE: Final = ContextVar("current_share", default=Share.OTHER)
CURRENT_DEADLINE: Final[ContextVar[asyncio.Timeout | None]] = ContextVar("current_deadline", default=None)


class NotDiscord(aiohttp.ClientError, ExpectedError):
    """Something other than Discord answers here with a web page: perhaps this network wants a login first."""


@contextmanager
def use_share(share: Share, deadline: asyncio.Timeout | None = None) -> Iterator[None]:
    """Count the requests sent inside the block, by this task, to `share`; `deadline` does not run while they wait."""
    resets = CURRENT_SHARE.set(share), CURRENT_DEADLINE.set(deadline)
    try:
        yield
    finally:
        CURRENT_SHARE.reset(resets[0])
        CURRENT_DEADLINE.reset(resets[1])


@contextmanager
def _stopping_the_deadline() -> Iterator[None]:
    """What the block waits for is our own pace, and says nothing of how fast Discord answers."""
    deadline = CURRENT_DEADLINE.get()
    end, now = deadline.when() if deadline else None, asyncio.get_running_loop().time
    if deadline is None or end is None or deadline.expired():
        yield
        return
    seconds_left = end - now()
    deadline.reschedule(None)
    try:
        yield
    finally:
        deadline.reschedule(now() + seconds_left)


class RequestLimiter:
    """Paces the requests of one process by share, and stops them while Discord wants none.

    `invalid_requests` counts those that Discord refused; `token_refused` is set when it has refused the bot's token:
    from then on nothing is sent with it. `metrics` count refusals.
    """

    def __init__(self, clock: Clock, metrics: Metrics | None = None) -> None:
        self._clock = clock
        self.invalid_requests = InvalidRequests(clock, metrics)
        self.token_refused = asyncio.Event()
        self._allowances = allowances(1)
        self._told_at: datetime | None = None
        self._pauses = RoutePauses(clock)
        self._stopped_until = -math.inf
        self.window = RequestWindow(clock, lambda: self._allowance(Share.COURIER).per_second + LEFT_FOR_BUNCHES)
        together = RequestQueue(clock, partial(self._allowance, Share.COURIER), self._pace, window=self.window)
        self._queues = {
            share: RequestQueue(clock, partial(self._allowance, share), self._pace, then=together) for share in Share
        }

    def share_with(self, processes: int) -> None:
        """From now on so many chat processes, this one among them, use the token.

        Call it again and again: who has not heard of the others for `KNOWN_FOR` may be counted by them no longer. Then
        the courier may run elsewhere, so its messages wait here.
        """
        self._allowances = allowances(processes)
        self._told_at = self._clock.now()

    async def wait_for_slot(self, route: Hashable = None) -> None:
        """Return when the current task may send one request of its share, to `route` if that is given.

        Raises HeldBack if that would take longer than `LONGEST_WAIT`.
        """
        share = CURRENT_SHARE.get()
        self._require_right(share)
        while True:
            await self._queues[share].wait(self._seconds_stopped)
            self._require_right(share)  # much may have happened meanwhile, above all if this process was suspended
            if self._pauses.seconds_left(route) <= A_MOMENT:
                return
            await self.wait_for_route(route)

    async def wait_for_route(self, route: Hashable) -> None:
        """Return when Discord takes requests to `route` again. Raises HeldBack beyond `LONGEST_WAIT`."""
        while (seconds := self._pauses.seconds_left(route)) > A_MOMENT:
            refuse_long_wait(seconds, most=LONGEST_STOP)
            await self._clock.sleep(seconds)

    @property
    def stopped_because(self) -> str | None:
        """Why nothing may be sent at present, as one sentence; None while sending is allowed."""
        if self._pace() == 0:
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

    def _require_right(self, share: Share) -> None:
        if self.token_refused.is_set():
            raise HeldBack("Discord refuses the bot's token", retry_after=1.0)
        if share is Share.COURIER and not self._knows_others():
            raise HeldBack("it is not known whether another process sends the messages now", retry_after=1.0)

    def _allowance(self, share: Share) -> Allowance:
        return self._allowances[share]

    def _pace(self) -> float:
        return self.invalid_requests.pace

    def _knows_others(self) -> bool:
        """By the time of day: a monotonic clock stands still while a machine is suspended."""
        return self._told_at is None or abs(self._clock.now() - self._told_at) <= KNOWN_FOR

    def _seconds_stopped(self) -> float:
        return max(0.0, self._stopped_until - self._clock.monotonic())

    async def _after_request(
        self, _: aiohttp.ClientSession, __: SimpleNamespace, request: aiohttp.TraceRequestEndParams
    ) -> None:
        response = request.response
        shared = response.headers.get("X-RateLimit-Scope") == "shared"
        self.invalid_requests.record(response.status, shared=shared)
        is_page = response.content_type == "text/html"
        is_unauthorized = response.status == HTTPStatus.UNAUTHORIZED and is_json(response)
        if is_unauthorized and aiohttp.hdrs.AUTHORIZATION in request.headers:
            self.token_refused.set()
        seconds = seconds_to_wait(response.headers.get("Retry-After"))
        is_limited = response.status == HTTPStatus.TOO_MANY_REQUESTS
        if is_limited and (is_page or "X-RateLimit-Global" in response.headers):
            until = self._clock.monotonic() + min(seconds or UNNAMED_STOP, LONGEST_STOP)
            self._stopped_until = max(self._stopped_until, until)  # several answers may have been under way
        elif seconds and (is_limited or response.status >= HTTPStatus.INTERNAL_SERVER_ERROR):
            self._pauses.begin((request.method, request.url), min(seconds, LONGEST_STOP))
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
        route = req.method, req.url
        await self._limiter.wait_for_route(route)
        limits = aiohttp.ClientTimeout(connect=timeout.connect, sock_connect=ANSWER_WITHIN)
        connection = await super().connect(req, traces, limits)
        if aiohttp.hdrs.AUTHORIZATION in req.headers:
            try:
                with _stopping_the_deadline():
                    await self._limiter.wait_for_slot(route)
            except BaseException:
                connection.release()
                raise
            connection.add_callback(self._limiter.window.begin())
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


def is_json(response: aiohttp.ClientResponse) -> bool:
    """Whether this can be an answer of Discord's own, and not somebody else's web page."""
    return "json" in response.headers.get("Content-Type", "json")


def seconds_to_wait(retry_after: str | None) -> float | None:
    """The seconds of a header Retry-After; None if there is none, or if it is a date, which Discord does not send."""
    try:
        seconds = float(retry_after or "")
    except ValueError:
        return None
    return seconds if 0 <= seconds < math.inf else None
