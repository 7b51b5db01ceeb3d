"""Time and randomness. No other file asks the machine for either."""

import asyncio
import secrets
import time
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Time and randomness as the parts need them; tests pass a clock that they move by hand."""

    def now(self) -> datetime:
        """The current time as an aware datetime in UTC. It jumps when the machine's clock is corrected."""
        ...

    def monotonic(self) -> float:
        """Seconds since an arbitrary moment. They only grow, so use them to measure spans within one process."""
        ...

    def random_bytes(self, count: int) -> bytes:
        """`count` bytes that nobody can guess."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds`."""
        ...


class SystemClock:
    """The machine's own clock and randomness."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def random_bytes(self, count: int) -> bytes:
        return secrets.token_bytes(count)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def describe_time(time: datetime, now: datetime) -> str:
    """A time for operators, to the minute, such as "20:14 UTC"; with its date if that is not today's."""
    return f"{time:%H:%M} UTC" if time.date() == now.date() else f"{time:%Y-%m-%d %H:%M} UTC"


def new_id(clock: Clock) -> str:
    """A new opaque id: 128 random bits as 22 URL-safe letters."""
    return urlsafe_b64encode(clock.random_bytes(16)).rstrip(b"=").decode("ascii")
