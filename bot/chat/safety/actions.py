"""Blocking: two members are never matched again. The blocked member does not learn of it."""

from bot.chat.ui.notices import Notice, NotPossible
from bot.clock import Clock
from bot.store.blocks import Blocks
from bot.store.matches import Matches


class BlockActions:
    """Sets and removes a member's own blocks."""

    def __init__(self, *, blocks: Blocks, matches: Matches, clock: Clock) -> None:
        self._blocks = blocks
        self._matches = matches
        self._clock = clock

    async def block(self, blocker_id: int, blocked_id: int, *, name: str) -> Notice:
        """Never match the two again. If they are matched now, the blocker's seat is left for good.

        `name` is what the answer calls the blocked member: in direct messages Discord may show no name for an id.
        Raises NotPossible for members who block themselves.
        """
        if blocker_id == blocked_id:
            raise NotPossible("self")
        has_left = await self._blocks.add(blocker_id, blocked_id, self._clock.now())
        seat = await self._matches.find_latest_by_member(blocker_id) if has_left else None
        if seat is None:
            return Notice(key="blocked", values={"member": name})
        return Notice(key="blocked_partner", search_in=seat.match.server_id, values={"member": name})

    async def block_last_partner(self, blocker_id: int, *, nameless: str) -> Notice:
        """Block the partner of the newest match, called `nameless` if their name is deleted already.

        Raises NotPossible if none is known; old matches are deleted.
        """
        seat = await self._matches.find_latest_by_member(blocker_id)
        if seat is None:
            raise NotPossible("no_partner")
        return await self.block(blocker_id, seat.partner.member_id, name=seat.partner.name or nameless)

    async def unblock(self, blocker_id: int, blocked_id: int, *, name: str) -> Notice:
        """Remove the member's own block; the other member's block stays. Raises NotPossible if there is none."""
        if not await self._blocks.remove(blocker_id, blocked_id):
            raise NotPossible("not_blocked", member=name)
        return Notice(key="unblocked", values={"member": name})
