"""The presence sweep: asks LiveKit who is in the room of each live match, so that lost webhooks do no harm."""

from collections.abc import Sequence

from bot.store.presence import Presence
from web.room_presence import RoomPresence
from web.rooms import Rooms, VideoProblem


class PresenceSweep:
    """Compares the store with LiveKit."""

    def __init__(self, *, presence: Presence, rooms: Rooms, room_presence: RoomPresence) -> None:
        self._presence = presence
        self._rooms = rooms
        self._room_presence = room_presence

    async def check_rooms(self) -> Sequence[VideoProblem]:
        """Make the store agree with LiveKit for every room in use.

        Returns what LiveKit could not do for single rooms; raises VideoProblem if it does not answer at all.
        """
        problems: list[VideoProblem] = []
        for room in await self._presence.rooms_in_use():
            try:
                participants = await self._rooms.list_participants(room.room_name)
                await self._room_presence.apply_participants(room, participants)
            except VideoProblem as problem:
                await self._rooms.check_connection()
                problems.append(problem)
        return problems
