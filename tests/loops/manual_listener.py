"""A listener that a test drives by hand, instead of the store's."""

import asyncio
from collections.abc import Callable

from tests.polling import TIMEOUT


class ManualListener:
    """Wakes the loop only when the test says so, and records how long the loop wanted to wait each time."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self._waiting, self._woken = asyncio.Event(), asyncio.Event()

    async def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self._waiting.set()
        await self._woken.wait()
        self._woken.clear()

    async def next_wait(self, cause: Callable[[], object] = lambda: None) -> None:
        """Return the loop's next wait, which `cause` must lead to."""
        async with asyncio.timeout(TIMEOUT):
            await self._waiting.wait()
            self._waiting.clear()
            cause()
            await self._waiting.wait()

    def wake(self) -> None:
        self._woken.set()

    async def waiting_for(self, seconds: float) -> None:
        """Return when the loop waits for `seconds`."""
        async with asyncio.timeout(TIMEOUT):
            while self.waits[-1:] != [seconds]:
                self._waiting.clear()
                await self._waiting.wait()

    async def waiting(self) -> None:
        """Return when the loop waits."""
        async with asyncio.timeout(TIMEOUT):
            await self._waiting.wait()
