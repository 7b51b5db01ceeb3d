"""Admission: whether the member of a seat may enter its room now, by what Discord told of them."""

from typing import Final

from bot.clock import Clock
from bot.domain.membership import Entry, decide_entry
from bot.store.memberships import Memberships
from bot.store.seats import SeatInMatch
from bot.store.servers import Servers
from web.problems import HttpProblem

ASK_AGAIN_IN: Final = 1  # seconds; our page asks again sooner


class Admission:
    """Decides who may enter a room; asks about members of whom nothing was told lately."""

    def __init__(self, *, memberships: Memberships, servers: Servers, clock: Clock) -> None:
        self._memberships = memberships
        self._servers = servers
        self._clock = clock

    async def is_admitted(self, seat: SeatInMatch) -> bool:
        """Whether the member of `seat` may enter now. If nobody has asked about them lately, this does."""
        return await self._decide(seat) is Entry.ADMITTED

    async def require_admitted(self, seat: SeatInMatch) -> None:
        """Raise HttpProblem unless the member of `seat` may enter.

        Its code is `not_allowed`, `other_pool`, or `checking_membership` for now.
        """
        match await self._decide(seat):
            case Entry.ADMITTED:
                return
            case Entry.BARRED:
                raise HttpProblem("not_allowed")
            case Entry.OTHER_POOL:
                raise HttpProblem("other_pool")
            case _:
                raise HttpProblem("checking_membership", retry_after=ASK_AGAIN_IN)

    async def _decide(self, seat: SeatInMatch) -> Entry:
        if seat.is_trial:
            return Entry.ADMITTED  # an admin meets nobody but themselves
        server_id, member_id, now = seat.match.server_id, seat.own.member_id, self._clock.now()
        server = await self._servers.get(server_id)  # first: settings that change take with them what was told by then
        known = await self._memberships.find(server_id, member_id)
        entry = decide_entry(known, server=server, now=now, pool=seat.match.pool)
        if entry is Entry.ASK:
            await self._memberships.ask(server_id, member_id, now)
        return entry
