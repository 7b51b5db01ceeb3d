"""Who met whom, and when last. Presence writes it; pairing reads it."""

from collections.abc import Collection, Mapping
from datetime import datetime

from bot.store.codec import dump
from bot.store.database import Engine
from bot.store.times import from_ms


class Met:
    """The history of meetings, as coarse as pairing needs it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def around(self, member_ids: Collection[int]) -> Mapping[tuple[int, int], datetime]:
        """When these members last met each of those who wait, by the ids of the two, the lower first."""
        rows = await self._engine.all("met.around", members=dump(list(member_ids)))
        return {(row["low_id"], row["high_id"]): from_ms(int(row["last_at"])) for row in rows}
