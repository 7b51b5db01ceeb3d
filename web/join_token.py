"""`POST /session/join-token`: what a session needs to enter its room, or the reason why it cannot."""

from aiohttp import web

from bot.domain.match import MatchState
from bot.domain.room import SEATS_PER_ROOM
from bot.store.seats import SeatInMatch
from web.admission import Admission
from web.entry_metrics import EntryMetrics
from web.join_grant import JoinGrants
from web.problems import HttpProblem
from web.rate_limits import RateLimit
from web.refused_entries import log_refused_entry
from web.request_body import read_json_object
from web.rooms import Rooms
from web.session_cookies import SessionCookies

JOIN_TOKENS_PER_MINUTE = 10


class JoinTokenHandler:
    """Issues join tokens; `seat_limit` counts them by seat."""

    def __init__(
        self,
        *,
        session_cookies: SessionCookies,
        admission: Admission,
        rooms: Rooms,
        join_grants: JoinGrants,
        seat_limit: RateLimit,
        entry_metrics: EntryMetrics,
    ) -> None:
        self._session_cookies = session_cookies
        self._admission = admission
        self._rooms = rooms
        self._join_grants = join_grants
        self._seat_limit = seat_limit
        self._entry_metrics = entry_metrics

    async def issue_join_token(self, request: web.Request) -> web.Response:
        """Create the room if it is missing and answer 200 with a join grant; raises HttpProblem otherwise.

        While the answer about a member is awaited, requests do not count. Logs a refusal.
        """
        await read_json_object(request)
        try:
            return web.json_response(await self._grant_entry(request))
        except HttpProblem as problem:
            if session := await self._session_cookies.find_session(request):
                log_refused_entry(problem, match_id=session.seat.match.id, seat_id=session.seat_id)
                if not session.seat.is_trial:
                    self._entry_metrics.count_refused(session.seat_id, problem)
            raise

    async def _grant_entry(self, request: web.Request) -> dict[str, str | None]:
        seat = _require_live_match((await self._session_cookies.require_active(request)).seat)
        await self._admission.require_admitted(seat)
        self._seat_limit.record_attempt(seat.own.id)
        await self._ensure_free_place(seat)
        while (confirmed := await self._confirm_seat(request, seat)).match.room_name != seat.match.room_name:
            seat = confirmed
            await self._ensure_free_place(seat)
        return self._join_grants.grant_for(seat)

    async def _ensure_free_place(self, seat: SeatInMatch) -> None:
        count = await self._rooms.ensure_room(seat.match.room_name)
        if count < SEATS_PER_ROOM:
            return
        others = (await self._rooms.list_participants(seat.match.room_name)).keys() - {seat.own.id}
        if len(others) >= SEATS_PER_ROOM:
            raise HttpProblem("room_full")

    async def _confirm_seat(self, request: web.Request, seat: SeatInMatch) -> SeatInMatch:
        """The seat as it is now: the match may have ended, or moved to another room, while LiveKit created this one.

        In both cases the new room must be closed. If only this seat was given up, the room stays for the partner.
        """
        session = await self._session_cookies.find_session(request)
        match = session.seat.match if session else seat.match
        if match.room_name != seat.match.room_name or match.state is MatchState.ENDED:
            await self._rooms.close_room(seat.match.room_name)
        return _require_live_match((await self._session_cookies.require_active(request)).seat)


def _require_live_match(seat: SeatInMatch) -> SeatInMatch:
    if seat.match.state is MatchState.ENDED:
        raise HttpProblem("match_over")
    return seat
