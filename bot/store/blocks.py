"""Blocks: which members never want to meet which others."""

from collections.abc import Collection, Sequence
from datetime import datetime

from bot.domain.match import EndReason
from bot.store.codec import encode
from bot.store.database import Database, Statement, UnexpectedRowCount
from bot.store.match_end import end_statements
from bot.store.outbox import NewMessage, insert_message
from bot.store.times import to_ms


class Blocks:
    """All blocks, over all servers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, blocker_id: int, blocked_id: int, now: datetime, *, messages: Sequence[NewMessage] = ()
    ) -> None:
        """Block, and end the live matches between the two members; `messages` are written if there were any.

        Repeating it changes nothing. There can be two such matches: one that both have just left, and a newer one.
        """
        values = {"blocker_id": blocker_id, "blocked_id": blocked_id, "now": to_ms(now)}
        while True:
            match_ids = await self._live_matches(blocker_id, blocked_id)
            no_other = Statement(
                name="blocks.no_other_live_match", values={**values, "match_ids": encode(match_ids)}, expect_rows=1
            )
            ends = [each for match_id in match_ids for each in end_statements(match_id, EndReason.BLOCKED, now)]
            inserts = map(insert_message, messages if match_ids else ())
            try:
                await self._database.write(
                    [no_other, Statement(name="blocks.add", values=values), *ends, *inserts],
                    notify=("room_orders", "outbox"),
                )
            except UnexpectedRowCount:
                continue  # a match began or ended after we looked: look again
            return

    async def _live_matches(self, member_id: int, other_id: int) -> Sequence[str]:
        rows = await self._database.all("matches.find_live_between", member_id=member_id, other_id=other_id)
        return [row["id"] for row in rows]

    async def remove(self, blocker_id: int, blocked_id: int) -> bool:
        """Remove a member's own block. False if there was none."""
        values = {"blocker_id": blocker_id, "blocked_id": blocked_id}
        [rows] = await self._database.write([Statement(name="blocks.remove", values=values)])
        return bool(rows)

    async def blocked_by(self, blocker_id: int) -> Sequence[int]:
        """The ids of the members whom `blocker_id` has blocked, the newest block first."""
        return [row["blocked_id"] for row in await self._database.all("blocks.blocked_by", blocker_id=blocker_id)]

    async def find_with_waiting(self, member_ids: Collection[int]) -> frozenset[tuple[int, int]]:
        """Blocker and blocked of every block between one of these members and somebody who waits."""
        rows = await self._database.all("blocks.find_with_waiting", member_ids=encode(list(member_ids)))
        return frozenset((row["blocker_id"], row["blocked_id"]) for row in rows)
