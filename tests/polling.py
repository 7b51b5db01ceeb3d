"""Poll another process, which has no event to wait for: the only place where tests without browsers sleep."""

import asyncio
from collections.abc import Awaitable, Callable

TIMEOUT = 25.0  # seconds; the only bound on what must happen: a busy machine is slow, and only a hang takes longer
POLL_EVERY = 0.02


async def until(holds: Callable[[], Awaitable[bool]], *, within: float = TIMEOUT) -> None:
    """Return when `holds()` is true. Raises TimeoutError after `within` seconds."""
    async with asyncio.timeout(within):
        while not await holds():
            await asyncio.sleep(POLL_EVERY)
