"""Which people of the sandbox are kept apart, so that its page can say why two do not meet again yet."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from bot.assemble import open_configured_store
from bot.clock import Clock
from bot.config import Settings
from bot.process import raise_if_cancelled
from bot.store import StoreUnavailable

POLL_S = 1.0


class KeptApart:
    """Reads the store that `settings` name while `watch` runs; `people` are the ids of everybody there."""

    def __init__(self, settings: Settings, people: Collection[int], clock: Clock) -> None:
        self._settings = settings
        self._people = people
        self._clock = clock
        self._pairs: Mapping[tuple[int, int], datetime] = {}

    async def watch(self) -> None:
        """Look who is kept apart every second, until cancelled. The store must exist."""
        async with open_configured_store(self._settings) as store:
            while True:
                try:
                    self._pairs = await store.last_meetings.apart_from_waiting(self._people, self._clock.now())
                except StoreUnavailable:
                    raise_if_cancelled()
                    self._pairs = {}
                await asyncio.sleep(POLL_S)

    def as_json(self) -> Sequence[Mapping[str, object]]:
        """Every two of whom one waits: the ids of both, and until when they are kept apart."""
        return [
            {"people": [str(member_id) for member_id in pair], "until": until.isoformat()}
            for pair, until in sorted(self._pairs.items())
        ]
