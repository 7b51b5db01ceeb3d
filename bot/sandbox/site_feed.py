"""The live feed: what happens in the sandbox, to every open page, in order. What is said is its callers' business."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

Event = dict[str, object]


class Feed:
    """Everybody who listens first hears `beginning()`, then each event as it happens."""

    def __init__(self, beginning: Callable[[], Iterable[Event]]) -> None:
        self._beginning = beginning
        self._queues: set[asyncio.Queue[Event]] = set()

    def tell(self, event: Event) -> None:
        """Say `event` to all who listen now."""
        for queue in self._queues:
            queue.put_nowait(event)

    @contextmanager
    def hearing(self) -> Iterator[asyncio.Queue[Event]]:
        """A queue that fills with events for as long as the block lasts."""
        queue: asyncio.Queue[Event] = asyncio.Queue()
        for event in self._beginning():
            queue.put_nowait(event)
        self._queues.add(queue)
        try:
            yield queue
        finally:
            self._queues.discard(queue)
