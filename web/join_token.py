"""`POST /session/join-token`: a session's way into its room, or the reason why there is none."""

from aiohttp import web

from bot.clock import Clock
from bot.domain.match import MatchState
from bot.domain.room import SEATS_PER_ROOM
from bot.store.seats import SeatInMatch
from web import body
from web.livekit_rooms import Rooms
from web.problems import HttpProblem
from web.rate_limits import RateLimit
from web.session_cookies import SessionCookies
from web.way_in import way_in


class JoinToken:
    """Hands out join tokens."""

    def __init__(self, *, session_cookies: SessionCookies, rooms: Rooms, per_seat: RateLimit, clock: Clock) -> None:
        self._session_cookies = session_cookies
        self._rooms = rooms
        self._per_seat = per_seat
        self._clock = clock

    async def post(self, request: web.Request) -> web.Response:
        """200 with a token of ten minutes for this seat in this room."""
        await body.json_object(request)
        seat = _alive((await self._session_cookies.active(request)).seat)
        self._per_seat.mark(seat.own.id)
        await self._make_sure_of_room(seat)
        await self._still_wanted(request, seat)
        return web.json_response(way_in(seat, self._rooms, self._clock))

    async def _make_sure_of_room(self, seat: SeatInMatch) -> None:
        inside = await self._rooms.ensure(seat.match.room_name)
        if (
            inside >= SEATS_PER_ROOM
            and len((await self._rooms.present(seat.match.room_name)).keys() - {seat.own.id}) >= SEATS_PER_ROOM
        ):
            raise HttpProblem("room_full")

    async def _still_wanted(self, request: web.Request, seat: SeatInMatch) -> None:
        """The match may have ended, or moved, while the room was made; then the room must not stay.

        Where only this seat was given up it stays: the partner may be in it.
        """
        held = await self._session_cookies.held(request)
        now = held.seat.match if held else seat.match
        moved = now.room_name != seat.match.room_name
        if moved or now.state is MatchState.ENDED:
            await self._rooms.close(seat.match.room_name)
        _alive((await self._session_cookies.active(request)).seat)
        if moved:
            raise HttpProblem("session_replaced")


def _alive(seat: SeatInMatch) -> SeatInMatch:
    if seat.match.state is MatchState.ENDED:
        raise HttpProblem("match_over")
    return seat
