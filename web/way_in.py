"""A way into a room as the page gets it: LiveKit's address, a join token, and until when it works."""

from bot.clock import Clock
from bot.domain.room import JOIN_TOKEN_LIFETIME
from bot.store.seats import SeatInMatch
from web.livekit_rooms import Rooms
from web.views import moment


def way_in(seat: SeatInMatch, rooms: Rooms, clock: Clock) -> dict[str, str | None]:
    """The JSON object for this seat and its room, which the caller has made sure of."""
    token = rooms.token(identity=seat.own.id, room_name=seat.match.room_name)
    return {"url": rooms.url, "token": token, "expires_at": moment(clock.now() + JOIN_TOKEN_LIFETIME)}
