"""Session cookies: which browser session a request belongs to. The cookie decides; the page's X-Seat must match.

Also the probe: a cookie that says nothing, and only shows that a browser keeps cookies.
"""

from collections.abc import Sequence

from aiohttp import hdrs, web

from bot.clock import Clock
from bot.domain.browser_session import ABSOLUTE_LIFETIME, BrowserSessionState
from bot.domain.invitation import digest
from bot.domain.membership import is_barred
from bot.store.browser_sessions import BrowserSession, BrowserSessions
from bot.store.seats import SeatInMatch
from web.problems import HttpProblem

COOKIE_NAME = "__Host-heybuddy"
SECOND_COOKIE_NAME = f"{COOKIE_NAME}-2"
"""Of the second seat of a trial: its admin may open both links in one browser."""
PROBE_NAME = "__Host-heybuddy-probe"
PROBE_VALUE = "1"
SEAT_HEADER = "X-Seat"
MAX_COOKIE_LENGTH = 64


class SessionCookies:
    """Finds the browser session of a request."""

    def __init__(self, *, browser_sessions: BrowserSessions, clock: Clock) -> None:
        self._browser_sessions = browser_sessions
        self._clock = clock

    async def find_session(self, request: web.Request) -> BrowserSession | None:
        """The session of the request's cookie, in any state, or None. Of two, that of the seat which the page names."""
        seat_id = request.headers.get(SEAT_HEADER)
        found = await self._find_all(request)
        return next((session for session in found if session.seat_id == seat_id), found[0] if found else None)

    async def holds_seat(self, request: web.Request, seat_id: str) -> bool:
        """Whether the browser has a session of this seat that may enter the room."""
        return any(
            session.seat_id == seat_id and session.state is BrowserSessionState.ACTIVE
            for session in await self._find_all(request)
        )

    async def _find_all(self, request: web.Request) -> Sequence[BrowserSession]:
        found = [await self._find(request, name) for name in (COOKIE_NAME, SECOND_COOKIE_NAME)]
        return [session for session in found if session]

    async def _find(self, request: web.Request, name: str) -> BrowserSession | None:
        secret = _read_cookie(request, name)
        if not 0 < len(secret) <= MAX_COOKIE_LENGTH:
            return None
        return await self._browser_sessions.find_by_cookie(digest(secret), self._clock.now())

    async def require_holder(self, request: web.Request) -> BrowserSession:
        """The session, if it holds its seat or has held it until a while ago; records the request.

        Raises HttpProblem: `no_session`, `other_seat` (with its holder), `session_replaced` or `session_ended`.
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
        await self._browser_sessions.touch(session.id, self._clock.now())
        return session

    async def require_readable(self, request: web.Request) -> BrowserSession:
        """The session, if it may still read; raises HttpProblem as `require_holder` does, or `not_allowed` for a
        member who is barred from the server.
        """
        session = await self.require_holder(request)
        if is_barred(session.seat.barred_until, self._clock.now()):
            raise HttpProblem("not_allowed")
        return session

    async def require_active(self, request: web.Request) -> BrowserSession:
        """The session, if it may enter the room; raises HttpProblem as `require_readable` does, or `match_over`."""
        session = await self.require_readable(request)
        if session.state is not BrowserSessionState.ACTIVE:
            raise HttpProblem("match_over")
        return session


def set_session_cookie(response: web.StreamResponse, secret: str, seat: SeatInMatch) -> None:
    """Set the session cookie for `seat` on `response`."""
    _set_cookie(response, SECOND_COOKIE_NAME if seat.is_trial and seat.own.side else COOKIE_NAME, secret)


def set_probe_cookie(response: web.StreamResponse) -> None:
    """Set the probe on `response`; only a browser that would keep the session cookie, too, keeps it."""
    _set_cookie(response, PROBE_NAME, PROBE_VALUE)


def keeps_cookies(request: web.Request) -> bool:
    """Whether the request came with a cookie of ours, so that its browser has kept one."""
    return any(_read_cookie(request, name) for name in (COOKIE_NAME, SECOND_COOKIE_NAME, PROBE_NAME))


def _read_cookie(request: web.Request, name: str) -> str:
    """The value of a cookie, or "".

    Browsers send all cookies in one line, but some proxies between HTTP/2 and us leave a line for each, and aiohttp
    reads only the first. Cookies that other sites of the domain have set may have any form, and hide none of ours.
    """
    pairs = (pair for line in request.headers.getall(hdrs.COOKIE, ()) for pair in line.split(";"))
    parts = (pair.strip().partition("=") for pair in pairs)
    return next((value for key, _, value in parts if key == name), "")


def _set_cookie(response: web.StreamResponse, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=int(ABSOLUTE_LIFETIME.total_seconds()),
        path="/",
        secure=True,
        httponly=True,
        samesite="Strict",
    )
