"""Who waits in this process for a topic that a write announces."""

import asyncio
from collections import defaultdict


class TopicListener:
    """Waits for one topic within this process."""

    def __init__(self) -> None:
        self._announced = asyncio.Event()

    def announce(self) -> None:
        """Make the current wait, or else the next one, return immediately."""
        self._announced.set()

    async def wait(self, seconds: float) -> None:
        """Return once the topic has been announced since the last call, at the latest after `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                await self._announced.wait()
        except TimeoutError:
            return
        self._announced.clear()


class Topics:
    """The listeners of this process, by topic."""

    def __init__(self) -> None:
        self._listeners: dict[str, list[TopicListener]] = defaultdict(list)

    def listen(self, topic: str) -> TopicListener:
        """A new listener to `topic`."""
        listener = TopicListener()
        self._listeners[topic].append(listener)
        return listener

    def announce(self, topic: str) -> None:
        """Wake all who listen to `topic`."""
        for listener in self._listeners[topic]:
            listener.announce()

    def announce_all(self) -> None:
        """Wake everybody, because announcements may have been missed."""
        for topic in list(self._listeners):
            self.announce(topic)
