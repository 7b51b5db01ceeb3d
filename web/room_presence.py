"""Who is in which room: webhooks are hints, the sweep is authoritative. Participants without a seat are removed."""

from collections.abc import Mapping

from bot.clock import Clock
from bot.store.matches import Matches
from bot.store.presence import Presence, RoomInUse
from web.rooms import RoomEvent, Rooms

JOINED = "participant_joined"
LEFT = frozenset({"participant_left", "participant_connection_aborted"})


class RoomPresence:
    """Records who is in which room and removes strangers from our rooms."""

    def __init__(self, *, presence: Presence, matches: Matches, rooms: Rooms, clock: Clock) -> None:
        self._presence = presence
        self._matches = matches
        self._rooms = rooms
        self._clock = clock

    async def apply_event(self, event: RoomEvent) -> None:
        """Record one webhook event; its repeats, other kinds and rooms that are not ours change nothing.

        Raises VideoProblem if a stranger could not be removed; the next sweep tries again.
        """
        if event.kind != JOINED and event.kind not in LEFT:
            return
        now = self._clock.now()
        if not await self._presence.record_event(event.id, now):
            return
        if event.kind in LEFT:
            await self._presence.participant_left(event.identity, event.sid, event.room_name, now)
        elif await self._has_seat(event.identity, event.room_name):
            await self._presence.participant_joined(event.identity, event.sid, event.room_name, now)
        elif await self._is_our_room(event):
            await self._rooms.remove_participant(event.room_name, event.identity)

    async def apply_participants(self, room: RoomInUse, participants: Mapping[str, str]) -> None:
        """Make the store agree with LiveKit's full list of one room: connection ids by identity.

        Raises VideoProblem if a stranger could not be removed; then nothing is recorded.
        """
        for stranger in participants.keys() - room.seat_ids:
            if not await self._has_seat(stranger, room.room_name):  # leaving may have been undone meanwhile
                await self._rooms.remove_participant(room.room_name, stranger)
        await self._presence.set_participants(room, participants, self._clock.now())

    async def _has_seat(self, identity: str, room_name: str) -> bool:
        seat = await self._matches.find_by_seat(identity)
        return seat is not None and seat.match.room_name == room_name and seat.own.left_at is None

    async def _is_our_room(self, event: RoomEvent) -> bool:
        """Whether the room belongs to this installation: others may use the same LiveKit server."""
        if await self._matches.find_by_seat(event.identity) is not None:
            return True
        return any(room.room_name == event.room_name for room in await self._presence.rooms_in_use())
