"""The running match of a member: how it is shown, the way in, a new link, and giving the place up."""

from bot.chat.answers import Answer, Meeting, News, No
from bot.chat.links import Link, Links
from bot.clock import Clock, new_id
from bot.domain.invitation import LINKS_PER_WINDOW, LINKS_WINDOW
from bot.store.browser_sessions import BrowserSessions
from bot.store.invitations import Invitations
from bot.store.matches import Matches, SeatInMatch


class Meetings:
    """What a member can do about their match."""

    def __init__(
        self,
        *,
        matches: Matches,
        invitations: Invitations,
        browser_sessions: BrowserSessions,
        links: Links,
        clock: Clock,
    ) -> None:
        self._matches = matches
        self._invitations = invitations
        self._browser_sessions = browser_sessions
        self._links = links
        self._clock = clock

    async def of(self, member_id: int, *, note: str = "") -> Meeting | None:
        """The member's running match with the link that still works, if there is one; None without a match."""
        seat = await self._matches.find_by_member(member_id)
        return None if seat is None else await self._with_link(seat, note)

    async def _with_link(self, seat: SeatInMatch, note: str) -> Meeting:
        invitation_id = await self._invitations.find_open_by_seat(seat.own.id)
        link = await self._links.of(invitation_id) if invitation_id else None
        return _meeting(seat, note, link if link and link.until > self._clock.now() else None)

    async def link(self, member_id: int) -> Answer:
        """A new link for the running match; older ones stop working when it is issued."""
        seat = await self._matches.find_by_member(member_id)
        if seat is None:
            return No(reason="no_match")
        now, invitation_id = self._clock.now(), new_id(self._clock)
        if await self._invitations.count_reissued(seat.own.id, now - LINKS_WINDOW) >= LINKS_PER_WINDOW:
            return No(reason="links")
        token_hash = self._links.token_hash(invitation_id)
        if not await self._invitations.issue(seat.own.id, invitation_id, token_hash, now=now):
            return No(reason="no_match")
        return _meeting(seat, "new_link", await self._links.hand_over(invitation_id))

    async def give_up(self, member_id: int) -> Answer | None:
        """Leave the running match; None without one, so again it is None."""
        seat = await self._matches.find_by_member(member_id)
        return None if seat is None else await self._leave(seat)

    async def decline(self, member_id: int, seat_id: str) -> Answer:
        """I can't make it: give up this seat, and only one's own. Again changes nothing."""
        seat = await self._matches.find_by_seat(seat_id)
        if seat is None or seat.own.member_id != member_id:
            return No(reason="not_yours")
        return await self._leave(seat)

    async def _leave(self, seat: SeatInMatch) -> Answer:
        left = await self._browser_sessions.leave_seat(seat.own.id, self._clock.now())
        if not left and seat.own.left_at is None:
            return News(key="over", search_in=seat.match.server_id)
        return News(key="declined", search_in=seat.match.server_id)


def _meeting(seat: SeatInMatch, note: str, link: Link | None) -> Meeting:
    return Meeting(
        seat_id=seat.own.id,
        partner=seat.partner.name,
        agreement=seat.match.agreement,
        link=link.address if link else None,
        until=link.until if link else None,
        note=note,
    )
