"""`GET /session`: the session as the page shows it."""

from aiohttp import web

from web.session_cookies import SessionCookies
from web.session_view import SessionViews


class SessionHandler:
    """Shows sessions."""

    def __init__(self, *, session_cookies: SessionCookies, session_views: SessionViews) -> None:
        self._session_cookies = session_cookies
        self._session_views = session_views

    async def show_session(self, request: web.Request) -> web.Response:
        """Answer 200 with the session view; raises HttpProblem for a browser without a session that may read."""
        session = await self._session_cookies.require_readable(request)
        return web.json_response(await self._session_views.render(session.seat))
