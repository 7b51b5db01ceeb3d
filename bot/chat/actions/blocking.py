"""Never being paired with somebody: set quietly, taken back only by who set it."""

from collections.abc import Sequence
from datetime import datetime

from bot.chat.answers import Answer, News, No
from bot.clock import Clock, new_id
from bot.pairing.delivery import Kind
from bot.store.blocks import Blocks
from bot.store.matches import Matches
from bot.store.outbox import OutboxRow


class Blocking:
    """A member's own blocks."""

    def __init__(self, *, blocks: Blocks, matches: Matches, clock: Clock) -> None:
        self._blocks = blocks
        self._matches = matches
        self._clock = clock

    async def block(self, blocker_id: int, blocked_id: int) -> Answer:
        """Never pair the two again, whoever asks; a running match of the two ends with neutral words."""
        if blocker_id == blocked_id:
            return No(reason="self")
        now = self._clock.now()
        await self._blocks.add(blocker_id, blocked_id, now, rows=await self._neutral_words(blocker_id, blocked_id, now))
        return News(key="blocked", values={"member": blocked_id})

    async def _neutral_words(self, blocker_id: int, blocked_id: int, now: datetime) -> Sequence[OutboxRow]:
        seat = await self._matches.of_member(blocker_id)
        if seat is None or seat.partner.member_id != blocked_id:
            return ()
        row = OutboxRow(
            id=new_id(self._clock),
            kind=Kind.MATCH_OVER,
            member_id=blocked_id,
            match_id=seat.match.id,
            seat_id=seat.partner.id,
            values={},
            due_at=now,
        )
        return (row,)

    async def unblock(self, blocker_id: int, blocked_id: int) -> Answer:
        """Take one's own block back; the other's, if there is one, stays."""
        if await self._blocks.remove(blocker_id, blocked_id):
            return News(key="unblocked", values={"member": blocked_id})
        return No(reason="not_blocked", values={"member": blocked_id})
