"""A browser's session: who this request speaks for. The cookie decides; the page's seat must agree with it."""

from aiohttp import web

from bot.clock import Clock
from bot.domain.browser_session import ABSOLUTE
from bot.domain.invitation import digest
from bot.store.browser_sessions import Sessions, SessionState, SessionView
from web.problems import Problem

COOKIE = "__Host-heybuddy"
SEAT = "X-Seat"
LONGEST_COOKIE = 64


class BrowserSessions:
    """The sessions of browsers, read from their requests."""

    def __init__(self, *, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock

    async def held(self, request: web.Request) -> SessionView | None:
        """The session this browser holds, in whatever state, or None."""
        secret = request.cookies.get(COOKIE, "")
        if not 0 < len(secret) <= LONGEST_COOKIE:
            return None
        return await self._sessions.of_cookie(digest(secret), self._clock.now())

    async def readable(self, request: web.Request) -> SessionView:
        """A session that may still read; raises Problem for any other and for one that holds another seat."""
        session = await self.held(request)
        if session is None:
            raise Problem("no_session")
        if request.headers.get(SEAT, session.seat_id) != session.seat_id:
            raise Problem("other_seat", holder=session.seat.own.name)
        if session.state is SessionState.REPLACED:
            raise Problem("session_replaced")
        if session.state is SessionState.ENDED:
            raise Problem("session_ended")
        await self._sessions.touch(session.id, self._clock.now())
        return session

    async def active(self, request: web.Request) -> SessionView:
        """A session that may enter; raises Problem for any other."""
        session = await self.readable(request)
        if session.state is not SessionState.ACTIVE:
            raise Problem("match_over")
        return session


def give(response: web.StreamResponse, secret: str) -> None:
    """Hand the session's cookie to the browser."""
    response.set_cookie(
        COOKIE,
        secret,
        max_age=int(ABSOLUTE.total_seconds()),
        path="/",
        secure=True,
        httponly=True,
        samesite="Strict",
    )
