"""Blocks: who never wants to meet whom again."""

from collections.abc import Collection, Sequence
from datetime import datetime

from bot.domain.match import EndReason
from bot.store.codec import encode
from bot.store.database import Database, Statement, UnexpectedRowCount
from bot.store.matches import end_statements
from bot.store.outbox import NewMessage, insert_message
from bot.store.times import to_ms


class Blocks:
    """All blocks, over all servers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, blocker_id: int, blocked_id: int, now: datetime, *, messages: Sequence[NewMessage] = ()
    ) -> None:
        """Block, and end whatever runs between the two, with `rows` told in that case. Again changes nothing.

        There can be two: one that both have left a moment ago, and a newer one. They are looked for beforehand; the
        list notices one that begins or ends meanwhile, and we look again.
        """
        values = {"blocker_id": blocker_id, "blocked_id": blocked_id, "now": to_ms(now)}
        while True:
            matches = await self._live_matches(blocker_id, blocked_id)
            apart = Statement(name="blocks.apart", values={**values, "but_for": encode(matches)}, expect_rows=1)
            ends = [each for match_id in matches for each in end_statements(match_id, EndReason.BLOCKED, now)]
            told = map(insert_message, messages if matches else ())
            try:
                await self._database.write(
                    [apart, Statement(name="blocks.add", values=values), *ends, *told], notify=("room_orders", "outbox")
                )
            except UnexpectedRowCount:
                continue
            return

    async def _live_matches(self, one: int, other: int) -> Sequence[str]:
        return [row["id"] for row in await self._database.all("matches.between", one=one, other=other)]

    async def remove(self, blocker_id: int, blocked_id: int) -> bool:
        """Take one's own block back; False when there was none."""
        values = {"blocker_id": blocker_id, "blocked_id": blocked_id}
        [rows] = await self._database.write([Statement(name="blocks.remove", values=values)])
        return bool(rows)

    async def blocked_by(self, blocker_id: int) -> Sequence[int]:
        """The ids of those a member has blocked, the newest first."""
        return [row["blocked_id"] for row in await self._database.all("blocks.blocked_by", blocker_id=blocker_id)]

    async def find_with_waiting(self, member_ids: Collection[int]) -> frozenset[tuple[int, int]]:
        """Blocker and blocked, for every block between one of these members and somebody who waits."""
        rows = await self._database.all("blocks.find_with_waiting", members=encode(list(member_ids)))
        return frozenset((row["blocker_id"], row["blocked_id"]) for row in rows)
