"""Never being paired with somebody: set quietly, taken back only by who set it."""

from datetime import datetime

from bot.chat.answers import Answer, News, No
from bot.clock import Clock, new_id
from bot.domain.message import MessageKind
from bot.store.blocks import Blocks
from bot.store.matches import Matches, SeatInMatch
from bot.store.outbox import NewMessage, message_to_seat


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
        seat = await self._matches.find_by_member(blocker_id)
        if seat is None or seat.partner.member_id != blocked_id:
            await self._blocks.add(blocker_id, blocked_id, now)
            return News(key="blocked", values={"member": blocked_id})
        await self._blocks.add(blocker_id, blocked_id, now, messages=[self._neutral_words(seat, now)])
        return News(key="blocked_partner", search_in=seat.match.server_id, values={"member": blocked_id})

    def _neutral_words(self, seat: SeatInMatch, now: datetime) -> NewMessage:
        return message_to_seat(MessageKind.MATCH_OVER, seat.partner, message_id=new_id(self._clock), due_at=now)

    async def unblock(self, blocker_id: int, blocked_id: int) -> Answer:
        """Take one's own block back; the other's, if there is one, stays."""
        if await self._blocks.remove(blocker_id, blocked_id):
            return News(key="unblocked", values={"member": blocked_id})
        return No(reason="not_blocked", values={"member": blocked_id})
