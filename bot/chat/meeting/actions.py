"""What a member can do about their live match: see it, get a new link, give up the seat."""

from dataclasses import dataclass

from bot.chat.meeting.links import InvitationLink, InvitationLinks
from bot.chat.ui.notices import Notice, NotPossible
from bot.clock import Clock, new_id
from bot.domain.agreement import Agreement
from bot.domain.invitation import LINKS_PER_WINDOW, LINKS_WINDOW
from bot.domain.match import MINUTE
from bot.store.browser_sessions import BrowserSessions
from bot.store.invitations import Invitations
from bot.store.matches import Matches, SeatInMatch


@dataclass(frozen=True, kw_only=True, slots=True)
class LiveMatch:
    """A match as one of its two members sees it. `link` is None if none is valid.

    `note` is the key of the first sentence of its card, or empty.
    """

    seat_id: str
    partner: str
    agreement: Agreement
    link: InvitationLink | None = None
    note: str = ""


class MeetingActions:
    """Reads and changes a member's live match."""

    def __init__(
        self,
        *,
        matches: Matches,
        invitations: Invitations,
        browser_sessions: BrowserSessions,
        links: InvitationLinks,
        clock: Clock,
    ) -> None:
        self._matches = matches
        self._invitations = invitations
        self._browser_sessions = browser_sessions
        self._links = links
        self._clock = clock

    async def live_match(self, member_id: int, *, note: str = "") -> LiveMatch | None:
        """The member's live match with the link that is still valid, or None without a match."""
        seat = await self._matches.find_by_member(member_id)
        if seat is None:
            return None
        invitation_id = await self._invitations.find_open_by_seat(seat.own.id)
        link = await self._links.link_of(invitation_id) if invitation_id else None
        is_valid = link is not None and link.valid_until > self._clock.now()
        return _live_match(seat, note, link if is_valid else None)

    async def new_link(self, member_id: int) -> LiveMatch:
        """Issue a new link for the live match; older ones stop working. Raises NotPossible."""
        seat = await self._matches.find_by_member(member_id)
        if seat is None:
            raise NotPossible("no_match")
        now, invitation_id = self._clock.now(), new_id(self._clock)
        if await self._invitations.count_reissued(seat.own.id, now - LINKS_WINDOW) >= LINKS_PER_WINDOW:
            raise NotPossible("links", count=LINKS_PER_WINDOW, minutes=LINKS_WINDOW // MINUTE)
        token_hash = self._links.token_hash(invitation_id)
        if not await self._invitations.issue(seat.own.id, invitation_id, token_hash, now=now):
            raise NotPossible("no_match")
        return _live_match(seat, "new_link", await self._links.hand_over(invitation_id))

    async def leave_match(self, member_id: int) -> Notice | None:
        """Give up the seat in the live match; Returns None if there is none, so repeating it changes nothing."""
        seat = await self._matches.find_by_member(member_id)
        return None if seat is None else await self._give_up(seat)

    async def decline(self, member_id: int, seat_id: str) -> Notice:
        """Give up this seat. Repeating it changes nothing. Raises NotPossible if it is not the member's own."""
        seat = await self._matches.find_by_seat(seat_id)
        if seat is None or seat.own.member_id != member_id:
            raise NotPossible("not_yours")
        return await self._give_up(seat)

    async def _give_up(self, seat: SeatInMatch) -> Notice:
        left_now = await self._browser_sessions.leave_seat(seat.own.id, self._clock.now())
        already_over = not left_now and seat.own.left_at is None
        return Notice(key="over" if already_over else "declined", search_in=seat.match.server_id)


def _live_match(seat: SeatInMatch, note: str, link: InvitationLink | None) -> LiveMatch:
    return LiveMatch(
        seat_id=seat.own.id, partner=seat.partner.name, agreement=seat.match.agreement, link=link, note=note
    )
