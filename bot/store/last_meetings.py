"""When two members last met. Presence writes it; matching reads it."""

from collections.abc import Collection, Mapping
from datetime import datetime

from bot.store.codec import encode
from bot.store.database import Database, Row
from bot.store.rows import RowReader
from bot.store.times import from_ms


class LastMeetings:
    """The last meeting of every pair of members who have met."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = RowReader("last_meetings", _pair_and_time, key="low_id")

    async def find_with_waiting(self, member_ids: Collection[int]) -> Mapping[tuple[int, int], datetime]:
        """When these members last met those who wait, by pairs of ids, the lower id first."""
        rows = await self._database.all("last_meetings.find_with_waiting", member_ids=encode(list(member_ids)))
        return dict(self._rows.read_all(rows))


def _pair_and_time(row: Row) -> tuple[tuple[int, int], datetime]:
    return (row["low_id"], row["high_id"]), from_ms(int(row["last_at"]))
