"""A queue of requests: first come, first served, evenly spaced, and never more in a second than allowed."""

import asyncio
import math
from collections import deque
from collections.abc import Callable

import aiohttp

from bot.chat.discord_limits import Allowance
from bot.chat.request_window import A_SECOND, RequestWindow
from bot.clock import Clock
from bot.log import ExpectedError

LONGEST_WAIT = 10.0  # seconds in the queue; whoever would wait longer is told when to come back
UNNAMED_STOP = 60.0  # seconds to stop if Discord does not say how long
A_MOMENT = 1e-6  # seconds; what is left of a wait after roundings is none
ROUNDING = 0.01  # of a slot: what is free in a moment is free now, so that no pause is too short for a clock


class HeldBack(aiohttp.ClientError, ExpectedError):
    """A request was not sent: Discord would refuse it, or must not have it. Try again in `retry_after` seconds."""

    def __init__(self, reason: str, *, retry_after: float) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class RequestQueue:
    """First come, first served, at the pace of an allowance; who has passed here passes through `then` as well.

    Nobody passes while `window` has no room.
    """

    def __init__(
        self,
        clock: Clock,
        allowance: Callable[[], Allowance],
        pace: Callable[[], float],
        *,
        then: "RequestQueue | None" = None,
        window: RequestWindow | None = None,
    ) -> None:
        self._clock = clock
        self._allowance = allowance
        self._pace = pace
        self._then = then
        self._window = window
        self._free = math.inf  # of those that may be sent at once
        self._counted_at = clock.monotonic()
        self._sent: deque[float] = deque()  # when, during the last second
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def wait(self, seconds_stopped: Callable[[], float]) -> None:
        """Return when the caller may send, at `pace()` times the full rate and not while sending is stopped."""
        self._count_free()
        refuse_long_wait(_divide(self._waiting + 1 - self._free, self._rate()))
        self._waiting += 1
        try:
            async with self._turn:
                while (seconds := max(self._seconds_to_next(), seconds_stopped())) > A_MOMENT:
                    refuse_long_wait(seconds)
                    await self._clock.sleep(seconds)
                if self._then:
                    await self._then.wait(seconds_stopped)
                self._free -= 1
                self._sent.append(self._clock.monotonic())
        finally:
            self._waiting -= 1

    def _rate(self) -> float:
        return self._pace() * self._allowance().per_second

    def _count_free(self) -> None:
        """Add what has become free since the last call."""
        now = self._clock.monotonic()
        self._free = min(self._allowance().at_once, self._free + (now - self._counted_at) * self._rate())
        self._counted_at = now

    def _seconds_to_next(self) -> float:
        self._count_free()
        allowed = self._allowance()
        room = self._seconds_to_room(self._counted_at, max(allowed.per_second, allowed.at_once))
        seconds = max(_divide(1 - self._free, self._rate()), room)
        rounded = seconds if seconds > ROUNDING / allowed.per_second else 0.0
        return max(rounded, self._window.seconds_to_room()) if self._window else rounded

    def _seconds_to_room(self, now: float, most: int) -> float:
        """The seconds until the last second has room for one more, whatever was sent at once."""
        while self._sent and self._sent[0] <= now - A_SECOND:
            self._sent.popleft()
        return self._sent[-most] + A_SECOND - now if len(self._sent) >= most else 0.0


def refuse_long_wait(seconds: float, *, most: float = UNNAMED_STOP) -> None:
    """Raise HeldBack if a request would have to wait so long; its caller is told `most` seconds at most."""
    if seconds > LONGEST_WAIT:
        raise HeldBack("Discord would refuse more requests now", retry_after=min(seconds, most))


def _divide(missing: float, rate: float) -> float:
    """The seconds in which `missing` slots become free; endless if none ever does."""
    return max(0.0, missing) / rate if rate > 0 else math.inf
