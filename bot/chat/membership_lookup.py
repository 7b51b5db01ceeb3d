"""Whether a member may search in a server, if their interaction does not tell it: from the store, else from Discord."""

from datetime import timedelta
from typing import Final

from bot.clock import Clock
from bot.domain.membership import FRESH_FOR_MATCH, Entry, KnownMembership, decide_entry
from bot.domain.server import Server
from bot.store.memberships import Memberships

ANSWERED_WITHIN: Final = timedelta(seconds=2)
"""A member who has pressed a button is kept waiting no longer for Discord's answer."""
LOOK_EVERY: Final = 0.2  # seconds


class MembershipLookup:
    """Looks up members. What is not known is asked through the store, as for everybody else."""

    def __init__(self, memberships: Memberships, clock: Clock) -> None:
        self._memberships = memberships
        self._clock = clock

    async def known(self, server: Server, member_id: int) -> KnownMembership:
        """What the store knows of a member."""
        return await self._memberships.find(server.server_id, member_id)

    async def decide(self, server: Server, member_id: int) -> Entry:
        """ADMITTED, BARRED, or WAIT if Discord has not answered in time and its answer is needed in this server."""
        while True:
            now = self._clock.now()
            known = await self._memberships.find(server.server_id, member_id)
            entry = decide_entry(
                known, server=server, now=now, fresh_for=FRESH_FOR_MATCH, answered_within=ANSWERED_WITHIN
            )
            if entry is Entry.ASK:
                await self._memberships.ask(server.server_id, member_id, now)
            elif entry is Entry.WAIT and known.may_be_answered(now, within=ANSWERED_WITHIN):
                await self._clock.sleep(LOOK_EVERY)
            else:
                return entry
