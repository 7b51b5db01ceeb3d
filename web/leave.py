"""Leaving, taking it back, asking for somebody else: `DELETE /session`, `POST /session/undo` and `/session/another`."""

from aiohttp import web

from bot.clock import Clock, new_id
from bot.domain.match import ANOTHER_AFTER, EndReason, MatchState
from bot.domain.message import MessageKind
from bot.domain.ticket import requeued_ticket
from bot.store.browser_sessions import BrowserSessions
from bot.store.matches import Matches
from bot.store.outbox import message_to_seat
from bot.store.seats import SeatInMatch
from bot.store.tickets import Tickets
from web import body
from web.problems import HttpProblem
from web.session_cookies import SessionCookies
from web.session_page import SessionPage


class Leave:
    """Lets people go."""

    def __init__(
        self,
        *,
        session_cookies: SessionCookies,
        browser_sessions: BrowserSessions,
        matches: Matches,
        tickets: Tickets,
        page: SessionPage,
        clock: Clock,
    ) -> None:
        self._session_cookies = session_cookies
        self._browser_sessions = browser_sessions
        self._matches = matches
        self._tickets = tickets
        self._page = page
        self._clock = clock

    async def delete(self, request: web.Request) -> web.Response:
        """204: the seat is given up; again it is 204."""
        await body.json_object(request)
        session = await self._session_cookies.readable(request)
        await self._browser_sessions.leave_seat(session.seat_id, self._clock.now())
        return web.Response(status=204)

    async def undo(self, request: web.Request) -> web.Response:
        """200 with the view: the seat is taken again, within ten seconds; so it is where it was never given up."""
        await body.json_object(request)
        session = await self._session_cookies.readable(request)
        seat = session.seat
        if seat.match.state is MatchState.ENDED:
            raise HttpProblem("match_over")
        if seat.own.left_at and not await self._browser_sessions.undo_leaving(seat.own.id, self._clock.now()):
            raise HttpProblem("match_over")
        return web.json_response(await self._page.of_seat(session.seat_id))

    async def another(self, request: web.Request) -> web.Response:
        """202: the partner did not come, the match ends, and its member waits again at the front."""
        await body.json_object(request)
        seat = (await self._session_cookies.active(request)).seat
        self._must_be_due(seat)
        if not await self._replace(seat):  # something came between: the partner, or the end
            self._must_be_due((await self._session_cookies.active(request)).seat)
            raise HttpProblem("match_over")
        return web.json_response({}, status=202)

    def _must_be_due(self, seat: SeatInMatch) -> None:
        if seat.match.state is MatchState.ENDED:
            raise HttpProblem("match_over")
        if seat.match.state is MatchState.MEETING or seat.partner.entered_at is not None:
            raise HttpProblem("partner_came")
        if self._clock.now() < seat.match.created_at + ANOTHER_AFTER:
            raise HttpProblem("too_early")

    async def _replace(self, seat: SeatInMatch) -> bool:
        spent, now = await self._tickets.find_by_seat(seat.own.id), self._clock.now()
        again = (
            [requeued_ticket(spent.ticket, new_id=new_id(self._clock), matched_at=spent.ended_at, now=now)]
            if spent
            else []
        )
        neutral = message_to_seat(MessageKind.MATCH_OVER, seat.partner, message_id=new_id(self._clock), due_at=now)
        return await self._matches.end(
            seat.match.id,
            EndReason.REPLACED,
            now=now,
            messages=[neutral],
            requeue=again,
        )
