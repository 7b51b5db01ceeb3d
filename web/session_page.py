"""`GET /session`: the session as the page shows it."""

from typing import Any

from aiohttp import web

from bot.store.matches import Matches
from bot.store.seats import SeatInMatch
from bot.store.servers import Servers
from web.problems import HttpProblem
from web.session_cookies import SessionCookies
from web.views import Views


class SessionPage:
    """Shows sessions."""

    def __init__(self, *, session_cookies: SessionCookies, matches: Matches, servers: Servers, views: Views) -> None:
        self._session_cookies = session_cookies
        self._matches = matches
        self._servers = servers
        self._views = views

    async def get(self, request: web.Request) -> web.Response:
        """200 with the view; a problem for a browser without a session, or with one that is over."""
        session = await self._session_cookies.readable(request)
        return web.json_response(await self.show(session.seat))

    async def of_seat(self, seat_id: str) -> dict[str, Any]:
        """The view of a seat as it stands now."""
        return await self.show(await self.seat(seat_id))

    async def seat(self, seat_id: str) -> SeatInMatch:
        """A seat as it stands now; raises HttpProblem where there is none any more."""
        seat = await self._matches.find_by_seat(seat_id)
        if seat is None:
            raise HttpProblem("match_over")
        return seat

    async def show(self, seat: SeatInMatch) -> dict[str, Any]:
        """The view of a seat that was just read."""
        server = await self._servers.get(seat.match.server_id)
        return self._views.of(seat, server.channel_id if server else None)
