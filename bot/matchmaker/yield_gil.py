"""Let the event loop run while another thread computes."""

import asyncio
import threading
from typing import Final

YIELD_EVERY_S: Final = 0.003


class YieldGil:
    """Called often by a computing thread: every few milliseconds, the call blocks until the event loop has run once.

    Python gives its global lock to a thread that has waited 5 ms for it, but the wait starts over each time NumPy
    releases the lock, even for a moment. On busy cores, the event loop has been seen to wait for 60 ms.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._next_yield_at = loop.time()

    def __call__(self) -> None:
        if self._loop.time() < self._next_yield_at:
            return
        loop_has_run = threading.Event()
        self._loop.call_soon_threadsafe(loop_has_run.set)
        loop_has_run.wait()
        self._next_yield_at = self._loop.time() + YIELD_EVERY_S
