"""Join grants: all that a browser needs to enter a room."""

from bot.clock import Clock
from bot.domain.age_group import age_group_in
from bot.domain.feature_rules import Feature, may_offer
from bot.domain.room import JOIN_TOKEN_LIFETIME
from bot.store.seats import SeatInMatch
from web.entry_metrics import EntryMetrics
from web.rooms import Rooms
from web.session_view import iso_timestamp


class JoinGrants:
    """Makes join grants for seats, and counts them; those of trials do not count."""

    def __init__(self, *, rooms: Rooms, clock: Clock, entry_metrics: EntryMetrics) -> None:
        self._rooms = rooms
        self._clock = clock
        self._entry_metrics = entry_metrics

    def grant_for(self, seat: SeatInMatch) -> dict[str, str | None]:
        """The JSON object with LiveKit's `url`, a join `token` for this seat and room, and its `expires_at`.

        The caller must have ensured that the room exists. Raises HttpProblem if no LiveKit is configured.
        """
        token = self._rooms.join_token(
            identity=seat.own.id,
            room_name=seat.match.room_name,
            shares_screen=may_offer(Feature.SCREEN_SHARE, age_group_in(seat.match.pool)),
        )
        if not seat.is_trial:
            self._entry_metrics.count_granted(seat.own.id)
        expires_at = iso_timestamp(self._clock.now() + JOIN_TOKEN_LIFETIME)
        return {"url": self._rooms.url, "token": token, "expires_at": expires_at}
