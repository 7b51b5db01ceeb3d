"""`POST /session`: a one-time link becomes a session. Looking spends nothing; spending is one conditional update.

The order is: look without writing, make sure of the room, spend. Where the video is in trouble nothing is spent.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from bot.clock import Clock, new_id
from bot.domain.browser_session import BrowserSessionState, cookie_secret
from bot.domain.invitation import REPEAT_WITHIN, InvitationState, digest
from bot.domain.match import MatchState
from bot.domain.room import NAME_BYTES, room_name
from bot.store.invitations import Invitation, Invitations, NewBrowserSession
from bot.store.seats import SeatInMatch
from web import body, session_cookies
from web.livekit_rooms import Rooms
from web.problems import HttpProblem
from web.rate_limits import Addresses, RateLimit
from web.session_cookies import SessionCookies
from web.session_page import SessionPage
from web.way_in import way_in

UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """One browser's try to spend a link; repeating it is the same attempt."""

    token_hash: bytes
    key: str

    @property
    def hash(self) -> bytes:
        """What the store keeps of it."""
        return digest(self.key)


class Redeem:
    """Spends links."""

    def __init__(
        self,
        *,
        invitations: Invitations,
        session_cookies: SessionCookies,
        page: SessionPage,
        rooms: Rooms,
        failures: RateLimit,
        addresses: Addresses,
        cookie_key: bytes,
        clock: Clock,
    ) -> None:
        self._invitations = invitations
        self._session_cookies = session_cookies
        self._page = page
        self._rooms = rooms
        self._failures = failures
        self._addresses = addresses
        self._cookie_key = cookie_key
        self._clock = clock

    async def post(self, request: web.Request) -> web.Response:
        """201 with the cookie, 200 where this browser holds the seat already; any failed try counts for its address.

        Who asks to enter at once gets the way in with it, where the room is known to be there; else, and for the
        reason, there is `join-token`.
        """
        sent = await body.json_object(request)
        attempt = _attempt(sent)
        invitation = await self._invitations.find_by_token(attempt.token_hash)
        if invitation is not None and await self._is_in_already(request, invitation):
            return web.json_response(await self._page.of_seat(invitation.seat_id))
        try:
            spent = await self._spend(invitation, attempt)
        except HttpProblem as problem:
            self._count_failure(request, problem)
            raise
        seat = await self._page.seat(spent.seat_id)
        shown = await self._page.show(seat)
        if sent.get("enter") is True and _has_room(spent, seat):
            shown["way"] = way_in(seat, self._rooms, self._clock)
        response = web.json_response(shown, status=201)
        session_cookies.give(response, cookie_secret(self._cookie_key, spent.invitation_id, attempt.key))
        return response

    async def _is_in_already(self, request: web.Request, invitation: Invitation) -> bool:
        held = await self._session_cookies.held(request)
        return held is not None and held.seat_id == invitation.seat_id and held.state is BrowserSessionState.ACTIVE

    def _count_failure(self, request: web.Request, problem: HttpProblem) -> None:
        if not problem.code.startswith("video_"):
            self._failures.mark(self._addresses.of(request))

    async def _spend(self, invitation: Invitation | None, attempt: Attempt) -> Invitation:
        now = self._clock.now()
        if invitation is None:
            raise HttpProblem("link_unknown")
        if _is_repeat(invitation, attempt, now):
            return invitation
        _must_be_open(invitation, now)
        await self._rooms.ensure(invitation.room_name)
        if await self._redeem(invitation, attempt):
            return invitation
        return await self._overtaken(attempt)

    async def _redeem(self, invitation: Invitation, attempt: Attempt) -> bool:
        cookie = cookie_secret(self._cookie_key, invitation.invitation_id, attempt.key)
        return await self._invitations.redeem(
            invitation,
            token_hash=attempt.token_hash,
            attempt_hash=attempt.hash,
            session=NewBrowserSession(id=new_id(self._clock), cookie_hash=digest(cookie)),
            fresh_room_name=room_name(self._clock.random_bytes(NAME_BYTES)),
            now=self._clock.now(),
        )

    async def _overtaken(self, attempt: Attempt) -> Invitation:
        """Somebody was first: the same attempt, perhaps, on another connection."""
        invitation, now = await self._invitations.find_by_token(attempt.token_hash), self._clock.now()
        if invitation is None:
            raise HttpProblem("link_unknown")
        if invitation.match_state is MatchState.ENDED:  # while its room was made, which nobody may enter any more
            await self._rooms.close(invitation.room_name)
        if not _is_repeat(invitation, attempt, now):
            _must_be_open(invitation, now)
            raise HttpProblem("link_used")
        return invitation


def _attempt(sent: dict[str, object]) -> Attempt:
    token, key = body.text(sent, "token"), body.text(sent, "attempt")
    if not UUID.fullmatch(key):
        raise HttpProblem("bad_request")
    return Attempt(token_hash=digest(token), key=key.lower())


def _is_repeat(invitation: Invitation, attempt: Attempt, now: datetime) -> bool:
    return (
        invitation.state is InvitationState.REDEEMED
        and invitation.attempt_hash == attempt.hash
        and invitation.redeemed_at is not None
        and now < invitation.redeemed_at + REPEAT_WITHIN
        and invitation.session_active
    )


def _has_room(spent: Invitation, seat: SeatInMatch) -> bool:
    """Whether the room that was made sure of before the link was spent is the seat's own, and stays."""
    is_fresh = spent.state is InvitationState.OPEN
    return is_fresh and seat.match.state is not MatchState.ENDED and seat.match.room_name == spent.room_name


def _must_be_open(invitation: Invitation, now: datetime) -> None:
    if invitation.seat_left or invitation.match_state is MatchState.ENDED or invitation.state is InvitationState.OVER:
        raise HttpProblem("match_over")
    if invitation.state is InvitationState.REPLACED:
        raise HttpProblem("link_replaced")
    if invitation.state is InvitationState.REDEEMED:
        raise HttpProblem("link_used")
    if invitation.expires_at is not None and now >= invitation.expires_at:
        raise HttpProblem("link_expired")
