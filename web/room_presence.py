"""Who is in which room: webhooks are hints, the sweep is authoritative. Participants without a seat are removed."""

from collections.abc import Mapping

from bot.clock import Clock
from bot.domain.match import MatchState
from bot.domain.room import Participant
from bot.store.matches import Matches
from bot.store.presence import Presence, RoomInUse, Track
from bot.store.seats import SeatInMatch
from web.rooms import RoomEvent, Rooms

JOINED = "participant_joined"
LEFT = frozenset({"participant_left", "participant_connection_aborted"})
PUBLISHED = "track_published"
UNPUBLISHED = "track_unpublished"


class RoomPresence:
    """Records who is in which room and removes strangers from our rooms."""

    def __init__(self, *, presence: Presence, matches: Matches, rooms: Rooms, clock: Clock) -> None:
        self._presence = presence
        self._matches = matches
        self._rooms = rooms
        self._clock = clock

    async def apply_event(self, event: RoomEvent) -> None:
        """Record one webhook event; its repeats, other kinds and rooms that are not ours change nothing.

        Raises VideoProblem if LiveKit, which was asked to remove a stranger or who is in, did not answer; the next
        sweep tries again.
        """
        if event.kind not in {JOINED, PUBLISHED, UNPUBLISHED, *LEFT}:
            return
        now = self._clock.now()
        if not await self._presence.record_event(event.id, now):
            return
        if event.kind in LEFT:
            await self._presence.participant_left(event.identity, event.sid, event.room_name, now)
        elif event.kind != JOINED:
            await self._apply_track(event)
        elif seat := await self._seat_in_room(event.identity, event.room_name):
            await self._apply_join(event, seat)
        elif await self._is_our_room(event):
            await self._rooms.remove_participant(event.room_name, event.identity)

    async def apply_participants(self, room: RoomInUse, participants: Mapping[str, Participant]) -> None:
        """Make the store agree with LiveKit's full list of one room, by identity.

        Raises VideoProblem if a stranger could not be removed; then nothing is recorded.
        """
        for stranger in participants.keys() - room.seat_ids:
            if not await self._seat_in_room(stranger, room.room_name):  # leaving may have been undone meanwhile
                await self._rooms.remove_participant(room.room_name, stranger)
        await self._presence.set_participants(room, participants, self._clock.now())

    async def _apply_track(self, event: RoomEvent) -> None:
        """Record what a member has begun or ceased to send; LiveKit tells nothing of muting."""
        if event.source is None:
            return
        track = Track(seat_id=event.identity, source=event.source, track_sid=event.track_sid, sid=event.sid)
        if event.kind == PUBLISHED:
            await self._presence.track_published(track, event.room_name, self._clock.now())
        else:
            await self._presence.track_unpublished(track, self._clock.now())

    async def _apply_join(self, event: RoomEvent, seat: SeatInMatch) -> None:
        """Record who has joined. If that would begin the meeting, which nothing undoes, LiveKit itself is asked.

        That the partner has gone may not have been told. If LiveKit does not answer, the next sweep begins the meeting.
        The partner may be recorded at the same moment: whoever was second then sees both.
        """
        if not _would_begin(seat):
            await self._presence.participant_joined(
                event.identity, event.sid, event.room_name, self._clock.now(), begin_meeting=False
            )
            if seat.match.state is MatchState.MEETING:
                return
            recorded = await self._seat_in_room(event.identity, event.room_name)
            if recorded is None or not _would_begin(recorded):
                return
        if room := await self._find_room(event.room_name):
            await self.apply_participants(room, await self._rooms.list_participants(room.room_name))

    async def _seat_in_room(self, identity: str, room_name: str) -> SeatInMatch | None:
        """The seat of a participant who may be in this room."""
        seat = await self._matches.find_by_seat(identity)
        return seat if seat and seat.match.room_name == room_name and seat.own.left_at is None else None

    async def _is_our_room(self, event: RoomEvent) -> bool:
        """Whether the room belongs to this installation: others may use the same LiveKit server."""
        if await self._matches.find_by_seat(event.identity) is not None:
            return True
        return await self._find_room(event.room_name) is not None

    async def _find_room(self, room_name: str) -> RoomInUse | None:
        rooms = await self._presence.rooms_in_use()
        return next((room for room in rooms if room.room_name == room_name), None)


def _would_begin(seat: SeatInMatch) -> bool:
    """Whether the meeting begins once the member of `seat` is in the room."""
    return seat.match.state is not MatchState.MEETING and seat.partner.present
