"""Blocks: who never wants to meet whom again."""

from collections.abc import Collection, Sequence
from datetime import datetime

from bot.pairing.match import EndReason, MatchState
from bot.store.codes import dump
from bot.store.engine import Engine, Statement, Unexpected
from bot.store.matches import ending
from bot.store.outbox import OutboxRow, put
from bot.store.times import to_ms

ALIVE = (MatchState.INVITING, MatchState.MEETING)


class Blocks:
    """All blocks, over all servers."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def add(self, blocker_id: int, blocked_id: int, now: datetime, *, rows: Sequence[OutboxRow] = ()) -> None:
        """Block, and end the live match of the two, with `rows` told in that case. Again changes nothing.

        The match is looked for beforehand; the list notices one that begins or ends meanwhile, and we look again.
        """
        values = {"blocker_id": blocker_id, "blocked_id": blocked_id, "now": to_ms(now)}
        while True:
            match_id = await self._live_match(blocker_id, blocked_id)
            end = [*ending(match_id, EndReason.BLOCKED, now, ALIVE), *map(put, rows)] if match_id else []
            apart = Statement(name="blocks.apart", values={**values, "but_for": match_id}, expect_rows=1)
            try:
                await self._engine.write(
                    [apart, Statement(name="blocks.add", values=values), *end], wakes=("orders", "outbox")
                )
            except Unexpected:
                continue
            return

    async def _live_match(self, one: int, other: int) -> str | None:
        row = await self._engine.one("matches.between", one=one, other=other)
        return row["id"] if row else None

    async def remove(self, blocker_id: int, blocked_id: int) -> bool:
        """Take one's own block back; False when there was none."""
        values = {"blocker_id": blocker_id, "blocked_id": blocked_id}
        [rows] = await self._engine.write([Statement(name="blocks.remove", values=values)])
        return bool(rows)

    async def of(self, blocker_id: int) -> Sequence[int]:
        """The ids of those a member has blocked, the newest first."""
        return [row["blocked_id"] for row in await self._engine.all("blocks.of", blocker_id=blocker_id)]

    async def among(self, member_ids: Collection[int]) -> frozenset[tuple[int, int]]:
        """Blocker and blocked, for every block within these members."""
        rows = await self._engine.all("blocks.among", members=dump(list(member_ids)))
        return frozenset((row["blocker_id"], row["blocked_id"]) for row in rows)
