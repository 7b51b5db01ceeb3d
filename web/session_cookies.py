"""Session cookies: which browser session a request belongs to. The cookie decides; the page's X-Seat must match."""

from aiohttp import web

from bot.clock import Clock
from bot.domain.browser_session import ABSOLUTE_LIFETIME, BrowserSessionState
from bot.domain.invitation import digest
from bot.domain.membership import is_barred
from bot.store.browser_sessions import BrowserSession, BrowserSessions
from web.problems import HttpProblem

COOKIE_NAME = "__Host-heybuddy"
SEAT_HEADER = "X-Seat"
MAX_COOKIE_LENGTH = 64


class SessionCookies:
    """Finds the browser session of a request."""

    def __init__(self, *, browser_sessions: BrowserSessions, clock: Clock) -> None:
        self._browser_sessions = browser_sessions
        self._clock = clock

    async def find_session(self, request: web.Request) -> BrowserSession | None:
        """The session of the request's cookie, in any state, or None."""
        secret = request.cookies.get(COOKIE_NAME, "")
        if not 0 < len(secret) <= MAX_COOKIE_LENGTH:
            return None
        return await self._browser_sessions.find_by_cookie(digest(secret), self._clock.now())

    async def require_readable(self, request: web.Request) -> BrowserSession:
        """The session, if it may still read; records the request.

        Raises HttpProblem: `no_session`, `other_seat` (with its holder), `session_replaced`, `session_ended`, or
        `not_allowed` for a member who is barred from the server.
        """
        session = await self.find_session(request)
        if session is None:
            raise HttpProblem("no_session")
        if request.headers.get(SEAT_HEADER, session.seat_id) != session.seat_id:
            raise HttpProblem("other_seat", holder=session.seat.own.name)
        if session.state is BrowserSessionState.REPLACED:
            raise HttpProblem("session_replaced")
        if session.state is BrowserSessionState.ENDED:
            raise HttpProblem("session_ended")
        if is_barred(session.seat.barred_until, self._clock.now()):
            raise HttpProblem("not_allowed")
        await self._browser_sessions.touch(session.id, self._clock.now())
        return session

    async def require_active(self, request: web.Request) -> BrowserSession:
        """The session, if it may enter the room; raises HttpProblem as `require_readable` does, or `match_over`."""
        session = await self.require_readable(request)
        if session.state is not BrowserSessionState.ACTIVE:
            raise HttpProblem("match_over")
        return session


def set_session_cookie(response: web.StreamResponse, secret: str) -> None:
    """Set the session cookie on `response`."""
    response.set_cookie(
        COOKIE_NAME,
        secret,
        max_age=int(ABSOLUTE_LIFETIME.total_seconds()),
        path="/",
        secure=True,
        httponly=True,
        samesite="Strict",
    )
