"""Waiting for another process, which has no event for us: the one place where tests without browsers sleep."""

import asyncio
from collections.abc import Awaitable, Callable

WITHIN = 25.0  # seconds
LOOK_EVERY = 0.02


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Return when `holds()`. Raises TimeoutError."""
    async with asyncio.timeout(WITHIN):
        while not await holds():
            await asyncio.sleep(LOOK_EVERY)
