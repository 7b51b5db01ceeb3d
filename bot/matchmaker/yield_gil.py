"""The event loop's turn, given by a thread that computes beside it."""

import asyncio
import threading
from typing import Final

EVERY_S: Final = 0.003


class Turn:
    """Called often by one thread: every few milliseconds it waits there until the event loop has gone round.

    Python's lock goes to whoever has waited 5 ms for it, but that wait begins anew each time NumPy lets go of the lock
    for a moment too short to be noticed. On busy cores the loop came to its turn after 60 ms.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._due = loop.time()

    def __call__(self) -> None:
        if self._loop.time() < self._due:
            return
        had = threading.Event()
        self._loop.call_soon_threadsafe(had.set)
        had.wait()
        self._due = self._loop.time() + EVERY_S
