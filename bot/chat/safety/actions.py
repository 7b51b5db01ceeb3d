"""Blocking: two members are never matched again. The blocked member does not learn of it."""

from datetime import datetime

from bot.chat.ui.notices import Notice, NotPossible
from bot.clock import Clock, new_id
from bot.domain.message import MessageKind
from bot.store.blocks import Blocks
from bot.store.matches import Matches, SeatInMatch
from bot.store.outbox import NewMessage, message_to_seat


class BlockActions:
    """Sets and removes a member's own blocks."""

    def __init__(self, *, blocks: Blocks, matches: Matches, clock: Clock) -> None:
        self._blocks = blocks
        self._matches = matches
        self._clock = clock

    async def block(self, blocker_id: int, blocked_id: int) -> Notice:
        """Never match the two again. If they are matched now, the match ends and the other gets a neutral message.

        Raises NotPossible for members who block themselves.
        """
        if blocker_id == blocked_id:
            raise NotPossible("self")
        now = self._clock.now()
        seat = await self._matches.find_by_member(blocker_id)
        if seat is None or seat.partner.member_id != blocked_id:
            await self._blocks.add(blocker_id, blocked_id, now)
            return Notice(key="blocked", values={"member": blocked_id})
        await self._blocks.add(blocker_id, blocked_id, now, messages=[self._match_over(seat, now)])
        return Notice(key="blocked_partner", search_in=seat.match.server_id, values={"member": blocked_id})

    def _match_over(self, seat: SeatInMatch, now: datetime) -> NewMessage:
        return message_to_seat(MessageKind.MATCH_OVER, seat.partner, message_id=new_id(self._clock), due_at=now)

    async def unblock(self, blocker_id: int, blocked_id: int) -> Notice:
        """Remove the member's own block; the other member's block stays. Raises NotPossible if there is none."""
        if not await self._blocks.remove(blocker_id, blocked_id):
            raise NotPossible("not_blocked", member=blocked_id)
        return Notice(key="unblocked", values={"member": blocked_id})
