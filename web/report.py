"""`POST /report`, `POST /report/undo` and `POST /block`: getting away from the partner, from the page.

The page's report token says for whom this is, or else its session. That may be over, and its member barred.
"""

from typing import Any

from aiohttp import web

from bot.clock import Clock, new_id
from bot.domain.match import MatchState
from bot.domain.report import WORDS_AT_MOST, ReportPlace, ReportReason
from bot.store.blocks import Blocks
from bot.store.browser_sessions import BrowserSessions
from bot.store.reports import NewReport, RefusedReport, Reports
from bot.store.seats import SeatInMatch
from web.problems import HttpProblem
from web.report_seats import ReportSeats
from web.request_body import find_words, read_json_object
from web.session_view import iso_timestamp


class ReportHandler:
    """Files reports about partners, undoes them, and blocks partners."""

    def __init__(
        self,
        *,
        report_seats: ReportSeats,
        browser_sessions: BrowserSessions,
        reports: Reports,
        blocks: Blocks,
        clock: Clock,
    ) -> None:
        self._report_seats = report_seats
        self._browser_sessions = browser_sessions
        self._reports = reports
        self._blocks = blocks
        self._clock = clock

    async def file_report(self, request: web.Request) -> web.Response:
        """Leave, block, and file the report or add to it; answer 202 with its number, and until when it can be undone.

        Raises HttpProblem `report_closed` if nothing can be added any more; leaving and blocking happen all the same.
        """
        body = await read_json_object(request)
        reason, words = _reason_in(body), find_words(body, "words", at_most=WORDS_AT_MOST)
        seat = await self._report_seats.require_seat(request, body)
        now = self._clock.now()
        new = NewReport(id=new_id(self._clock), seat_id=seat.own.id, place=_place_of(seat), reason=reason, words=words)
        try:
            filed = await self._reports.file(new, now)
        except RefusedReport:
            await self._block(seat)
            raise HttpProblem("report_closed") from None
        answer = {
            "number": filed.number,
            "read_by": filed.read_by,
            "now": iso_timestamp(now),
            "undo_until": iso_timestamp(filed.undo_until),
        }
        return web.json_response(answer, status=202)

    async def undo_report(self, request: web.Request) -> web.Response:
        """Undo report and block and answer 200; the seat stays left. 200 as well if nothing was filed.

        Raises HttpProblem `too_late` once the report stands.
        """
        seat = await self._report_seats.require_seat(request, await read_json_object(request))
        now = self._clock.now()
        if not await self._reports.undo(seat.own.id, now) and await self._reports.is_filed(seat.own.id):
            raise HttpProblem("too_late")
        await self._browser_sessions.leave_seat(seat.own.id, now)
        return web.json_response({})

    async def block_partner(self, request: web.Request) -> web.Response:
        """Leave for good, never match the two again, and answer 202. Nobody is told of it."""
        await self._block(await self._report_seats.require_seat(request, await read_json_object(request)))
        return web.json_response({}, status=202)

    async def _block(self, seat: SeatInMatch) -> None:
        """Whoever tries the setup is matched with themselves, so they only leave."""
        now = self._clock.now()
        if seat.is_trial:
            await self._browser_sessions.leave_seat(seat.own.id, now)
        else:
            await self._blocks.add(seat.own.member_id, seat.partner.member_id, now)


def _place_of(seat: SeatInMatch) -> ReportPlace:
    is_over = seat.own.left_at is not None or seat.match.state is MatchState.ENDED
    return ReportPlace.OVER if is_over else ReportPlace.ROOM


def _reason_in(body: dict[str, Any]) -> ReportReason:
    try:
        return ReportReason(body.get("reason", ReportReason.UNSAID))
    except ValueError:
        raise HttpProblem("bad_request") from None
