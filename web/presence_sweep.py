"""The presence sweep: asks LiveKit who is in the room of each live match, so that lost webhooks do no harm."""

from bot.store.presence import Presence
from web.room_presence import RoomPresence
from web.rooms import Rooms


class PresenceSweep:
    """Compares the store with LiveKit."""

    def __init__(self, *, presence: Presence, rooms: Rooms, room_presence: RoomPresence) -> None:
        self._presence = presence
        self._rooms = rooms
        self._room_presence = room_presence

    async def check_rooms(self) -> None:
        """Make the store agree with LiveKit for every room in use; raises VideoProblem if LiveKit does not answer."""
        for room in await self._presence.rooms_in_use():
            participants = await self._rooms.list_participants(room.room_name)
            await self._room_presence.apply_participants(room, participants)
