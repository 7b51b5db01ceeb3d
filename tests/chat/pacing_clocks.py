"""Clocks for what is paced: time passes as soon as somebody waits for it."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import TypeVar

from tests.clocks import VirtualClock

TURNS = 20  # of the event loop, until everybody sleeps
Result = TypeVar("Result")


class FastClock(VirtualClock):
    """Passes the time of each pause at once."""

    async def sleep(self, seconds: float) -> None:
        self.set(self.now() + timedelta(seconds=seconds))
        await asyncio.sleep(0)


class OneAtATime(VirtualClock):
    """Passes the time of the shortest pause, whenever nobody has anything else to do."""

    async def drive(self, work: Coroutine[None, None, Result]) -> Result:
        """Let `work` come to its end."""
        task = asyncio.create_task(work)
        while not task.done():
            for _ in range(TURNS):
                await asyncio.sleep(0)
            if self._sleepers:
                self.pass_time(seconds=(self._sleepers[0].end - self._passed).total_seconds())
        return task.result()
