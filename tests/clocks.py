"""Time for tests: a clock that moves only when the test moves it, and one for real sockets whose pauses are short."""

import asyncio
import hashlib
import heapq
from datetime import UTC, datetime, timedelta

from bot.clock import SystemClock

START = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
HASTE = 10


class ShortPauses(SystemClock):
    """The machine's clock, but pauses and what paces requests pass `HASTE` times as fast. The time of day is right."""

    def monotonic(self) -> float:
        return super().monotonic() * HASTE

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds / HASTE)


class VirtualClock:
    """A clock whose time moves only by `set` and `pass_time`; its random bytes are a fixed sequence."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._passed = timedelta()
        self.drawn = 0  # how often random bytes were drawn
        self._sleepers: list[tuple[timedelta, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._passed.total_seconds()

    def random_bytes(self, count: int) -> bytes:
        self.drawn += 1
        return hashlib.shake_128(self.drawn.to_bytes(8)).digest(count)

    async def sleep(self, seconds: float) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._passed + timedelta(seconds=seconds), id(future), future))
        await future

    def set(self, moment: datetime) -> None:
        """Let the time pass until `moment` without waking sleepers."""
        self._passed += max(timedelta(), moment - self._now)
        self._now = moment

    def correct(self, **span: float) -> None:
        """Correct the time of day by `span`, forward or back; no time passes."""
        self._now += timedelta(**span)

    def pass_time(self, **span: float) -> None:
        """Move the time on by `span` (the arguments of timedelta) and wake every sleeper that is due."""
        self._now += timedelta(**span)
        self._passed += timedelta(**span)
        while self._sleepers and self._sleepers[0][0] <= self._passed:
            _, _, future = heapq.heappop(self._sleepers)
            if not future.done():
                future.set_result(None)
