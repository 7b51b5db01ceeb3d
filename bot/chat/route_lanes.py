"""Lanes for a route of Discord's API, so that several requests of ours are under way on it at once.

The library sends the requests of a route one after another until Discord has named the route's own limit, and holds the
route while it repeats one that failed. Discord names no limit for some routes: there each request would wait for all
before it. Lanes are different routes to the library; as soon as Discord names a limit, it counts them together.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

LANES: Final = 8
"""Up to so many requests are under way when Discord names a limit, once after each start."""


class RouteLanes:
    """The lanes of one route, each for one request at a time."""

    def __init__(self) -> None:
        self._free = [str(lane) for lane in range(LANES)]
        self._is_free = asyncio.Semaphore(LANES)

    @asynccontextmanager
    async def use_lane(self) -> AsyncIterator[str]:
        """Wait for a free lane and use it inside the block: it is the `metadata` of the library's Route."""
        async with self._is_free:
            lane = self._free.pop()
            try:
                yield lane
            finally:
                self._free.append(lane)
