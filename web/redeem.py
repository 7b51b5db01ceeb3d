"""`POST /session`: a one-time link becomes a session. Looking spends nothing; spending is one conditional update.

The order is: look without writing, make sure of the room, spend. Where the video is in trouble nothing is spent.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from bot.clock import Clock, new_id
from bot.domain.browser_session import cookie_secret
from bot.domain.invitation import REPEAT_WITHIN, digest
from bot.domain.match import MatchState
from bot.domain.room import NAME_BYTES, room_name
from bot.store.browser_sessions import SessionState
from bot.store.invitations import Invitations, LinkState, Look, NewSession
from bot.store.seats import SeatInMatch
from web import body, browser_session
from web.browser_session import BrowserSessions
from web.livekit_rooms import Rooms
from web.problems import Problem
from web.rate_limits import Addresses, RateLimit
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
        """What the ledger keeps of it."""
        return digest(self.key)


class Redeem:
    """Spends links."""

    def __init__(
        self,
        *,
        invitations: Invitations,
        browser_sessions: BrowserSessions,
        page: SessionPage,
        rooms: Rooms,
        failures: RateLimit,
        addresses: Addresses,
        cookie_key: bytes,
        clock: Clock,
    ) -> None:
        self._invitations = invitations
        self._browser_sessions = browser_sessions
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
        look = await self._invitations.look(attempt.token_hash)
        if look is not None and await self._is_in_already(request, look):
            return web.json_response(await self._page.of_seat(look.seat_id))
        try:
            spent = await self._spend(look, attempt)
        except Problem as problem:
            self._count_failure(request, problem)
            raise
        seat = await self._page.seat(spent.seat_id)
        shown = await self._page.show(seat)
        if sent.get("enter") is True and _has_room(spent, seat):
            shown["way"] = way_in(seat, self._rooms, self._clock)
        response = web.json_response(shown, status=201)
        browser_session.give(response, cookie_secret(self._cookie_key, spent.invitation_id, attempt.key))
        return response

    async def _is_in_already(self, request: web.Request, look: Look) -> bool:
        held = await self._browser_sessions.held(request)
        return held is not None and held.seat_id == look.seat_id and held.state is SessionState.ACTIVE

    def _count_failure(self, request: web.Request, problem: Problem) -> None:
        if not problem.code.startswith("video_"):
            self._failures.mark(self._addresses.of(request))

    async def _spend(self, look: Look | None, attempt: Attempt) -> Look:
        now = self._clock.now()
        if look is None:
            raise Problem("link_unknown")
        if _is_repeat(look, attempt, now):
            return look
        _must_be_open(look, now)
        await self._rooms.ensure(look.room_name)
        if await self._redeem(look, attempt):
            return look
        return await self._overtaken(attempt)

    async def _redeem(self, look: Look, attempt: Attempt) -> bool:
        cookie = cookie_secret(self._cookie_key, look.invitation_id, attempt.key)
        return await self._invitations.redeem(
            look,
            token_hash=attempt.token_hash,
            attempt_hash=attempt.hash,
            session=NewSession(id=new_id(self._clock), cookie_hash=digest(cookie)),
            fresh_room_name=room_name(self._clock.random_bytes(NAME_BYTES)),
            now=self._clock.now(),
        )

    async def _overtaken(self, attempt: Attempt) -> Look:
        """Somebody was first: the same attempt, perhaps, on another connection."""
        look, now = await self._invitations.look(attempt.token_hash), self._clock.now()
        if look is None:
            raise Problem("link_unknown")
        if look.match_state is MatchState.ENDED:  # while its room was made, which nobody may enter any more
            await self._rooms.close(look.room_name)
        if not _is_repeat(look, attempt, now):
            _must_be_open(look, now)
            raise Problem("link_used")
        return look


def _attempt(sent: dict[str, object]) -> Attempt:
    token, key = body.text(sent, "token"), body.text(sent, "attempt")
    if not UUID.fullmatch(key):
        raise Problem("bad_request")
    return Attempt(token_hash=digest(token), key=key.lower())


def _is_repeat(look: Look, attempt: Attempt, now: datetime) -> bool:
    return (
        look.state is LinkState.REDEEMED
        and look.attempt_hash == attempt.hash
        and look.redeemed_at is not None
        and now < look.redeemed_at + REPEAT_WITHIN
        and look.session_active
    )


def _has_room(spent: Look, seat: SeatInMatch) -> bool:
    """Whether the room that was made sure of before the link was spent is the seat's own, and stays."""
    is_fresh = spent.state is LinkState.OPEN
    return is_fresh and seat.match.state is not MatchState.ENDED and seat.match.room_name == spent.room_name


def _must_be_open(look: Look, now: datetime) -> None:
    if look.seat_left or look.match_state is MatchState.ENDED or look.state is LinkState.OVER:
        raise Problem("match_over")
    if look.state is LinkState.REPLACED:
        raise Problem("link_replaced")
    if look.state is LinkState.REDEEMED:
        raise Problem("link_used")
    if look.expires_at is not None and now >= look.expires_at:
        raise Problem("link_expired")
