"""`DELETE /session` and `POST /session/undo`: give up a seat, and take it back within seconds."""

from aiohttp import web

from bot.clock import Clock
from bot.domain.match import MatchState
from bot.store.browser_sessions import BrowserSessions
from web.problems import HttpProblem
from web.request_body import read_json_object
from web.session_cookies import SessionCookies
from web.session_view import SessionViews


class LeaveHandler:
    """Gives up seats and restores them."""

    def __init__(
        self,
        *,
        session_cookies: SessionCookies,
        browser_sessions: BrowserSessions,
        session_views: SessionViews,
        clock: Clock,
    ) -> None:
        self._session_cookies = session_cookies
        self._browser_sessions = browser_sessions
        self._session_views = session_views
        self._clock = clock

    async def leave_seat(self, request: web.Request) -> web.Response:
        """Give up the seat and answer 204; repeating it changes nothing."""
        await read_json_object(request)
        session = await self._session_cookies.require_readable(request)
        await self._browser_sessions.leave_seat(session.seat_id, self._clock.now())
        return web.Response(status=204)

    async def undo_leave(self, request: web.Request) -> web.Response:
        """Take the seat back and answer 200 with the session view; 200 as well if the seat was never given up.

        Raises HttpProblem `match_over` after `UNDO_FOR` or when the match has ended.
        """
        await read_json_object(request)
        session = await self._session_cookies.require_readable(request)
        seat = session.seat
        if seat.match.state is MatchState.ENDED:
            raise HttpProblem("match_over")
        if seat.own.left_at and not await self._browser_sessions.undo_leaving(seat.own.id, self._clock.now()):
            raise HttpProblem("match_over")
        return web.json_response(await self._session_views.render_current(session.seat_id))
