"""Presence: who may be in a room and who is, from webhooks (hints) and the sweep (the truth)."""

from collections.abc import Mapping

from bot.clock import Clock
from bot.store.matches import Matches
from bot.store.presence import Presence, RoomInUse
from web.livekit_rooms import RoomEvent, Rooms

ARRIVED = "participant_joined"
GONE = frozenset({"participant_left", "participant_connection_aborted"})


class RoomPresence:
    """Tells the store who is where, and puts out who has no seat."""

    def __init__(self, *, presence: Presence, matches: Matches, rooms: Rooms, clock: Clock) -> None:
        self._presence = presence
        self._matches = matches
        self._rooms = rooms
        self._clock = clock

    async def told(self, event: RoomEvent) -> None:
        """One event, once; unknown rooms and kinds change nothing."""
        if event.kind != ARRIVED and event.kind not in GONE:
            return
        if not await self._presence.record_event(event.id, self._clock.now()):
            return
        if event.kind in GONE:
            await self._presence.participant_left(event.identity, event.sid, event.room_name, self._clock.now())
        elif await self._has_seat(event):
            await self._presence.participant_joined(event.identity, event.sid, event.room_name, self._clock.now())
        elif await self._is_ours(event):
            await self._rooms.remove(event.room_name, event.identity)

    async def _has_seat(self, event: RoomEvent) -> bool:
        seat = await self._matches.find_by_seat(event.identity)
        return seat is not None and seat.match.room_name == event.room_name and seat.own.left_at is None

    async def _is_ours(self, event: RoomEvent) -> bool:
        """Whether the room is one of this installation: others may share its LiveKit."""
        if await self._matches.find_by_seat(event.identity) is not None:
            return True
        return any(room.room_name == event.room_name for room in await self._presence.rooms_in_use())

    async def seen(self, room: RoomInUse, present: Mapping[str, str]) -> None:
        """The whole truth about one room."""
        for stranger in present.keys() - set(room.seat_ids):
            await self._rooms.remove(room.room_name, stranger)
        seated = {identity: sid for identity, sid in present.items() if identity in room.seat_ids}
        await self._presence.set_participants(room.room_name, seated, self._clock.now())
