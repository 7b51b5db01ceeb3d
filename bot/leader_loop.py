"""Leading a loop: one process at a time does its rounds, under a lease it keeps renewing."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.store.database import Listener, StoreUnavailable
from bot.store.leases import Fence, Leases, LostLease

RENEW_EVERY = timedelta(seconds=3)

log = logging.getLogger(__name__)


class Leadership:
    """The lease `name` in the hands of `holder`, renewed when it is asked for."""

    def __init__(self, *, leases: Leases, clock: Clock, name: str, holder: str) -> None:
        self._leases = leases
        self._clock = clock
        self._name = name
        self._holder = holder
        self._fence: Fence | None = None
        self._renew_at: datetime | None = None

    async def hold(self) -> Fence | None:
        """Our fence while we lead, or None while another does."""
        now = self._clock.now()
        if self._fence is None or self._renew_at is None or now >= self._renew_at:
            self._fence = await self._leases.acquire(self._name, self._holder, now=now)
            self._renew_at = now + RENEW_EVERY
        return self._fence

    async def resign(self) -> None:
        """Let another lead at once."""
        self._fence = None
        await self._leases.release(self._name, self._holder)

    def lost(self) -> None:
        """Another leads: ask again before the next round."""
        self._fence = None


async def lead(
    leadership: Leadership, step: Callable[[Fence], Awaitable[object]], *, listener: Listener, tick: Callable[[], float]
) -> None:
    """Do `step` over and over while we lead, at each wake and `tick()` seconds after the last, until cancelled.

    Trouble with the database or in one round never ends the loop; it is logged once and tried again.
    """
    trouble: str | None = None
    try:
        while True:
            heard = await _round(leadership, step)
            if heard and heard != trouble:
                log.warning("%s: %s", getattr(step, "__qualname__", "a loop"), heard)
            trouble = heard
            await listener.wait(tick())
    finally:
        await asyncio.shield(_resign(leadership))


async def _round(leadership: Leadership, step: Callable[[Fence], Awaitable[object]]) -> str | None:
    try:
        fence = await leadership.hold()
        if fence is not None:
            await step(fence)
    except LostLease:
        leadership.lost()
        return "another process leads now"
    except StoreUnavailable as unavailable:
        return str(unavailable)
    return None


async def _resign(leadership: Leadership) -> None:
    try:
        await leadership.resign()
    except StoreUnavailable:
        log.info("the lease runs out by itself: the database cannot be used")
