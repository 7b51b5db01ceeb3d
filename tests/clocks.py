"""Time for tests: a clock that moves only when the test moves it, and one for real sockets whose pauses are short."""

import asyncio
import hashlib
import heapq
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.clock import SystemClock
from tests.polling import TIMEOUT

START = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
HASTE = 10


class ShortPauses(SystemClock):
    """The machine's clock, but pauses and what paces requests pass `HASTE` times as fast. The time of day is right."""

    def monotonic(self) -> float:
        return super().monotonic() * HASTE

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds / HASTE)


@dataclass(order=True)
class Sleeper:
    """A task that sleeps for `seconds`, until `end` has passed."""

    end: timedelta
    seconds: float
    woken: asyncio.Future[None] = field(compare=False)

    @property
    def is_asleep(self) -> bool:
        return not self.woken.done()


class VirtualClock:
    """A clock whose time moves only by `set` and `pass_time`; its random bytes are a fixed sequence.

    A test that moves it to wake a task first waits until that task sleeps: `wait_for_sleeper`.
    """

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._passed = timedelta()
        self.drawn = 0  # how often random bytes were drawn
        self._sleepers: list[Sleeper] = []
        self._has_new_sleeper = asyncio.Event()

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._passed.total_seconds()

    def random_bytes(self, count: int) -> bytes:
        self.drawn += 1
        return hashlib.shake_128(self.drawn.to_bytes(8)).digest(count)

    async def sleep(self, seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, Sleeper(self._passed + timedelta(seconds=seconds), seconds, woken))
        self._has_new_sleeper.set()
        await woken

    async def wait_for_sleeper(self, seconds: float | None = None) -> None:
        """Return when a task sleeps that wants to sleep for `seconds`, or for any time.

        One that has just been woken sleeps no more, so this also waits for a loop's next round. Raises TimeoutError
        after `TIMEOUT` real seconds.
        """
        async with asyncio.timeout(TIMEOUT):
            while not any(each.is_asleep and seconds in {None, each.seconds} for each in self._sleepers):
                self._has_new_sleeper.clear()
                await self._has_new_sleeper.wait()

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
        while self._sleepers and self._sleepers[0].end <= self._passed:
            sleeper = heapq.heappop(self._sleepers)
            if sleeper.is_asleep:
                sleeper.woken.set_result(None)
