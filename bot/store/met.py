"""Who met whom, and when last. Presence writes it; pairing reads it."""

from collections.abc import Collection, Mapping
from datetime import datetime

from bot.store.codes import dump
from bot.store.engine import Engine
from bot.store.times import from_ms


class Met:
    """The history of meetings, as coarse as pairing needs it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def among(self, member_ids: Collection[int]) -> Mapping[tuple[int, int], datetime]:
        """The last meeting of each two of these members, by their ids, the lower first."""
        rows = await self._engine.all("met.among", members=dump(list(member_ids)))
        return {(row["low_id"], row["high_id"]): from_ms(int(row["last_at"])) for row in rows}
