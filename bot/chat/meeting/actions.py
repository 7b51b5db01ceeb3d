"""What a member can do about a match: see it, get a new link, give up the seat, and take that back."""

from dataclasses import dataclass
from datetime import datetime

from bot.chat.meeting.links import InvitationLink, InvitationLinks, NoLink
from bot.chat.ui.notices import Notice, NotPossible
from bot.clock import Clock, new_id
from bot.domain.agreement import Agreement
from bot.domain.invitation import LINKS_PER_WINDOW, LINKS_WINDOW
from bot.domain.match import MINUTE, UNDO_FOR, MatchState
from bot.store.browser_sessions import BrowserSessions
from bot.store.invitations import Invitations
from bot.store.matches import Matches, SeatInMatch


@dataclass(frozen=True, kw_only=True, slots=True)
class LiveMatch:
    """A match as one of its two members sees it, with their link or the reason why that does not work.

    `note` is the key of what its card says first, or empty. `has_met`: the session has begun. `partner_left`: the
    session, for good. `changes_at`: when the link expires, or the partner can no longer come back.
    """

    seat_id: str
    partner: str
    agreement: Agreement
    link: InvitationLink | NoLink
    note: str = ""
    has_met: bool = False
    partner_left: bool = False
    changes_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftSeat:
    """The member has given up a seat beside `partner`, and can take it back until `undo_until`, if that is possible.

    `server_id` is the server to search in. `has_met`: both have been in the room. `tells_partner`: the partner is
    still there, and learns it.
    """

    seat_id: str
    partner: str
    server_id: int
    undo_until: datetime | None
    has_met: bool
    tells_partner: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class EndedMatch:
    """A match that has ended: a session, if the two have met. `partner` is empty once names are deleted.

    `server_id` is the server to search in.
    """

    partner: str
    has_met: bool
    server_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialSeat:
    """One of the two seats of an admin who meets themselves, with its link, or why there is none; None: it is over.

    `number` is 1 or 2; `note` is the key of what its card says first, or empty; `changes_at`: when the link expires.
    """

    number: int
    link: InvitationLink | NoLink | None
    note: str = ""
    changes_at: datetime | None = None


SeatAnswer = LiveMatch | LeftSeat | EndedMatch | TrialSeat | Notice


class MeetingActions:
    """Reads and changes a member's match."""

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
        """The member's live match with its newest link, or None without a match."""
        seat = await self._matches.find_by_member(member_id)
        return None if seat is None else await self._live_match(seat, note)

    async def last_match(self, member_id: int, *, since: datetime) -> SeatAnswer | None:
        """The member's newest match as it is now, whether live or not; None without one that went on after `since`."""
        seat = await self._matches.find_latest_by_member(member_id)
        if seat is None:
            return None
        over_at = seat.own.left_at or seat.match.ended_at
        return None if over_at is not None and over_at < since else await self._seat_now(seat)

    async def match_of_seat(self, seat_id: str, invitation_id: str | None, *, note: str) -> SeatAnswer | None:
        """The match of a seat as it is now, with the link of this invitation; None for an unknown seat."""
        seat = await self._matches.find_by_seat(seat_id)
        return None if seat is None else await self._seat_now(seat, invitation_id, note=note)

    async def new_link(self, member_id: int) -> LiveMatch:
        """Issue a new link for the live match; older ones stop working. Raises NotPossible."""
        seat = await self._matches.find_by_member(member_id)
        if seat is None:
            raise NotPossible("no_match")
        now, invitation_id = self._clock.now(), new_id(self._clock)
        token_hash = self._links.token_hash(invitation_id)
        if not await self._invitations.issue(seat.own.id, invitation_id, token_hash, now=now):
            if await self._invitations.next_link_at(seat.own.id, now) is not None:
                raise NotPossible("links", count=LINKS_PER_WINDOW, minutes=LINKS_WINDOW // MINUTE)
            raise NotPossible("no_match")
        return self._shown(seat, "new_link", await self._links.hand_over(invitation_id))

    async def leave_match(self, member_id: int) -> SeatAnswer | None:
        """Give up the seat in the live match. Returns None if there is none, so repeating it changes nothing."""
        seat = await self._matches.find_by_member(member_id)
        return None if seat is None else await self._give_up(seat)

    async def decline(self, member_id: int, seat_id: str) -> SeatAnswer:
        """Give up this seat. Repeating it changes nothing. Raises NotPossible if it is not the member's own."""
        return await self._give_up(await self._own_seat(member_id, seat_id))

    async def undo(self, member_id: int, seat_id: str) -> LiveMatch:
        """Take a seat back that was just given up. Repeating it changes nothing.

        Raises NotPossible when it is too late.
        """
        await self._own_seat(member_id, seat_id)
        await self._browser_sessions.undo_leaving(seat_id, self._clock.now())
        seat = await self._matches.find_by_member(member_id)
        if seat is None or seat.own.id != seat_id:
            raise NotPossible("undo")
        return await self._live_match(seat, "undone")

    async def _own_seat(self, member_id: int, seat_id: str) -> SeatInMatch:
        seat = await self._matches.find_by_seat(seat_id)
        if seat is None or seat.own.member_id != member_id:
            raise NotPossible("not_yours")
        return seat

    async def _give_up(self, seat: SeatInMatch) -> SeatAnswer:
        await self._browser_sessions.leave_seat(seat.own.id, self._clock.now())
        left = await self._matches.find_by_seat(seat.own.id)
        return await self._seat_now(left or seat)

    async def _seat_now(self, seat: SeatInMatch, invitation_id: str | None = None, *, note: str = "") -> SeatAnswer:
        if seat.is_trial:
            return await self._trial_seat(seat, invitation_id, note)
        if seat.own.left_at is not None:
            return self._left_seat(seat)
        if seat.match.state is MatchState.ENDED:
            has_met = seat.match.met_at is not None
            return EndedMatch(partner=seat.partner.name, has_met=has_met, server_id=seat.match.server_id)
        return await self._live_match(seat, note, invitation_id)

    async def _trial_seat(self, seat: SeatInMatch, invitation_id: str | None, note: str) -> TrialSeat:
        number = seat.own.side + 1
        if seat.own.left_at is not None or seat.match.state is MatchState.ENDED:
            return TrialSeat(number=number, link=None)
        link = await self._links.find(invitation_id) if invitation_id else NoLink.EXPIRED
        expires_at = link.valid_until if isinstance(link, InvitationLink) else None
        return TrialSeat(number=number, link=link, note=note, changes_at=expires_at)

    def _left_seat(self, seat: SeatInMatch) -> LeftSeat:
        undo_until, is_live = seat.undo_until, seat.match.state is not MatchState.ENDED
        may_undo = is_live and undo_until is not None and undo_until > self._clock.now()
        return LeftSeat(
            seat_id=seat.own.id,
            partner=seat.partner.name,
            server_id=seat.match.server_id,
            undo_until=undo_until if may_undo else None,
            has_met=seat.match.met_at is not None,
            tells_partner=may_undo and seat.partner.left_at is None,
        )

    async def _live_match(self, seat: SeatInMatch, note: str, invitation_id: str | None = None) -> LiveMatch:
        newest = invitation_id or await self._invitations.find_newest_by_seat(seat.own.id)
        return self._shown(seat, note, await self._links.find(newest) if newest else NoLink.EXPIRED)

    def _shown(self, seat: SeatInMatch, note: str, link: InvitationLink | NoLink) -> LiveMatch:
        left_at, now = seat.partner.left_at, self._clock.now()
        gone_at = None if left_at is None else left_at + UNDO_FOR
        expires_at = link.valid_until if isinstance(link, InvitationLink) else None
        return LiveMatch(
            seat_id=seat.own.id,
            partner=seat.partner.name,
            agreement=seat.match.agreement,
            link=link,
            note=note,
            has_met=seat.match.met_at is not None,
            partner_left=seat.match.met_at is not None and gone_at is not None and gone_at <= now,
            changes_at=min((time for time in (gone_at, expires_at) if time and time > now), default=None),
        )
