"""The sweep: asks LiveKit who is really in each room of a running match, so that lost webhooks do no harm."""

from bot.store.presence import Presence
from web.livekit_rooms import Rooms
from web.presence import RoomPresence


class Sweep:
    """Compares the store with LiveKit."""

    def __init__(self, *, presence: Presence, rooms: Rooms, room_presence: RoomPresence) -> None:
        self._presence = presence
        self._rooms = rooms
        self._room_presence = room_presence

    async def once(self) -> None:
        """Confirm every room; raises HttpProblem where LiveKit does not answer."""
        for room in await self._presence.rooms_in_use():
            await self._room_presence.seen(room, await self._rooms.present(room.room_name))
