"""A feed of events for every open page: each subscriber gets all events in order. Knows nothing of their content."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

Event = dict[str, object]


class EventFeed:
    """Each subscriber first gets `initial_events()`, then every event as it is published."""

    def __init__(self, initial_events: Callable[[], Iterable[Event]]) -> None:
        self._initial_events = initial_events
        self._queues: set[asyncio.Queue[Event]] = set()

    def publish(self, event: Event) -> None:
        """Send `event` to all current subscribers."""
        for queue in self._queues:
            queue.put_nowait(event)

    @contextmanager
    def subscribe(self) -> Iterator[asyncio.Queue[Event]]:
        """A queue that receives events for as long as the block lasts."""
        queue: asyncio.Queue[Event] = asyncio.Queue()
        for event in self._initial_events():
            queue.put_nowait(event)
        self._queues.add(queue)
        try:
            yield queue
        finally:
            self._queues.discard(queue)
