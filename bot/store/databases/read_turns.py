"""Turns of those who read: so many at a time, the others in order, for as long as the database answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.store.databases.write_queue import PATIENCE


class ReadTurns:
    """Lets `count` read at the same time.

    A crowd alone makes nobody fail, however long it takes; who has waited for long fails with one who had a turn.
    """

    def __init__(self, count: int) -> None:
        self._free = asyncio.Semaphore(count)
        self._waiting: dict[asyncio.Timeout, float] = {}

    @asynccontextmanager
    async def take(self) -> AsyncIterator[None]:
        """Wait for a turn, and hold it. Raises TimeoutError if `give_up` has ended the wait."""
        async with asyncio.timeout(None) as limit:
            self._waiting[limit] = asyncio.get_running_loop().time()
            try:
                await self._free.acquire()
            finally:
                del self._waiting[limit]
        try:
            yield
        finally:
            self._free.release()

    def give_up(self) -> None:
        """End the wait of all who have waited for `PATIENCE`: the database has left one who had a turn unanswered."""
        now = asyncio.get_running_loop().time()
        for limit, since in self._waiting.items():
            if since <= now - PATIENCE:
                limit.reschedule(now)
