"""A browser's session: who this request speaks for. The cookie decides; the page's seat must agree with it."""

from aiohttp import web

from bot.clock import Clock
from bot.domain.browser_session import ABSOLUTE_LIFETIME, BrowserSessionState
from bot.domain.invitation import digest
from bot.store.browser_sessions import BrowserSession, BrowserSessions
from web.problems import HttpProblem

COOKIE = "__Host-heybuddy"
SEAT = "X-Seat"
LONGEST_COOKIE = 64


class SessionCookies:
    """The sessions of browsers, read from their requests."""

    def __init__(self, *, browser_sessions: BrowserSessions, clock: Clock) -> None:
        self._browser_sessions = browser_sessions
        self._clock = clock

    async def held(self, request: web.Request) -> BrowserSession | None:
        """The session this browser holds, in whatever state, or None."""
        secret = request.cookies.get(COOKIE, "")
        if not 0 < len(secret) <= LONGEST_COOKIE:
            return None
        return await self._browser_sessions.find_by_cookie(digest(secret), self._clock.now())

    async def readable(self, request: web.Request) -> BrowserSession:
        """A session that may still read; raises HttpProblem for any other and for one that holds another seat."""
        session = await self.held(request)
        if session is None:
            raise HttpProblem("no_session")
        if request.headers.get(SEAT, session.seat_id) != session.seat_id:
            raise HttpProblem("other_seat", holder=session.seat.own.name)
        if session.state is BrowserSessionState.REPLACED:
            raise HttpProblem("session_replaced")
        if session.state is BrowserSessionState.ENDED:
            raise HttpProblem("session_ended")
        await self._browser_sessions.touch(session.id, self._clock.now())
        return session

    async def active(self, request: web.Request) -> BrowserSession:
        """A session that may enter; raises HttpProblem for any other."""
        session = await self.readable(request)
        if session.state is not BrowserSessionState.ACTIVE:
            raise HttpProblem("match_over")
        return session


def give(response: web.StreamResponse, secret: str) -> None:
    """Hand the session's cookie to the browser."""
    response.set_cookie(
        COOKIE,
        secret,
        max_age=int(ABSOLUTE_LIFETIME.total_seconds()),
        path="/",
        secure=True,
        httponly=True,
        samesite="Strict",
    )
