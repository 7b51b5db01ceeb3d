"""Trouble on demand: what Discord and the way to it do on a bad day."""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum

from bot.clock import Clock


class Fault(StrEnum):
    """What can happen to one request."""

    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    RESET_BEFORE = "reset_before"  # the connection breaks before anything has happened
    RESET_AFTER = "reset_after"  # it has happened, and the answer is lost


@dataclass(kw_only=True)
class Faults:
    """Shares of requests that meet each fault, in [0, 1]; `delay` in seconds before every answer."""

    clock: Clock
    shares: dict[Fault, float] = field(default_factory=dict)
    delay: float = 0.0
    met: list[Fault] = field(default_factory=list)

    async def strike(self) -> Fault | None:
        """The fault this request meets, if any, after the delay."""
        if self.delay:
            await asyncio.sleep(self.delay)
        draw = int.from_bytes(self.clock.random_bytes(4)) / 2**32
        for fault, share in self.shares.items():
            if draw < share:
                self.met.append(fault)
                return fault
            draw -= share
        return None

    def clear(self) -> None:
        """A good day again."""
        self.shares.clear()
        self.delay = 0.0
