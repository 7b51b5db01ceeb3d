"""For which seat a request reports: its report token says so, also long after the session; without one the session."""

from typing import Any

from aiohttp import web

from bot.clock import Clock
from bot.domain.report import can_be_reported
from bot.domain.report_token import find_seat_id
from bot.store.matches import Matches
from bot.store.seats import SeatInMatch
from web.failure_limit import FailureLimit
from web.problems import HttpProblem
from web.rate_limits import RateLimit
from web.request_body import require_text
from web.session_cookies import SessionCookies

REPORTS_PER_MINUTE = 20
"""Of a seat, for each path. Whoever reaches it has filed the report by then; what they add waits in the page."""


class ReportSeats:
    """Finds the seats of requests.

    `report_key` makes report tokens. `failure_limit` counts wrong ones by client address, `seat_limit` all by seat.
    """

    def __init__(
        self,
        *,
        report_key: bytes,
        matches: Matches,
        session_cookies: SessionCookies,
        failure_limit: FailureLimit,
        seat_limit: RateLimit,
        clock: Clock,
    ) -> None:
        self._report_key = report_key
        self._matches = matches
        self._session_cookies = session_cookies
        self._failure_limit = failure_limit
        self._seat_limit = seat_limit
        self._clock = clock

    async def require_seat(self, request: web.Request, body: dict[str, Any]) -> SeatInMatch:
        """The seat in whose name a request reports, blocks or undoes; counts the request.

        Neither cookie nor X-Seat matter to a token. Raises HttpProblem: `report_token_unknown`, `report_expired`,
        `slow_down`, or as `require_holder` does.
        """
        seat = await self._find_by_token(request, body) if "token" in body else await self._find_by_session(request)
        self._seat_limit.record_attempt(f"{request.path} {seat.own.id}")
        return seat

    async def _find_by_token(self, request: web.Request, body: dict[str, Any]) -> SeatInMatch:
        seat_id = find_seat_id(self._report_key, require_text(body, "token"))
        if seat_id is None:
            await self._failure_limit.record_failure(request)
            raise HttpProblem("report_token_unknown")
        seat = await self._matches.find_by_seat(seat_id)
        if seat is None or not can_be_reported(seat.match.ended_at, self._clock.now()):
            raise HttpProblem("report_expired")
        return seat

    async def _find_by_session(self, request: web.Request) -> SeatInMatch:
        """For a page that was loaded before it was given a token."""
        return (await self._session_cookies.require_holder(request)).seat
