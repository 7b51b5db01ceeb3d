"""Presence: which members are in which room, as LiveKit reports it. Late, repeated or reordered reports do no harm."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from bot.domain.match import MET_AFTER, states_before_meeting
from bot.domain.room import MediaSource, Participant
from bot.store.codec import encode
from bot.store.database import Database, Row, Statement
from bot.store.stale import mark_meeting
from bot.store.times import to_ms


@dataclass(frozen=True, kw_only=True, slots=True)
class RoomInUse:
    """The room of a live match, the seats whose members may be in it, and the connection of each seat as we know it.

    `connections` also has seats that were given up; None is a seat without a connection. `tracks`: what each seat
    publishes, as we know it.
    """

    room_name: str
    match_id: str
    seat_ids: frozenset[str]
    connections: Mapping[str, str | None]
    tracks: Mapping[str, Mapping[MediaSource, str]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Track:
    """What the member of a seat publishes over a connection: LiveKit's `track_sid` and the connection's `sid`."""

    seat_id: str
    source: MediaSource
    track_sid: str
    sid: str


class Presence:
    """Reports about rooms. A participant is known by the seat's id, a connection by LiveKit's `sid`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def participant_joined(
        self, seat_id: str, sid: str, room_name: str, now: datetime, *, begin_meeting: bool = True
    ) -> None:
        """Record a participant who has joined; unless `begin_meeting`, no meeting begins, even if both are in by now.

        Ignores repeats, connections that were reported to have ended, seats given up, and former rooms of the match.
        """
        values = {"seat_id": seat_id, "sid": sid, "room_name": room_name}
        joined = Statement(name="seats.participant_joined", values=values)
        await self._database.write([joined, *presence_changed(room_name, now, begin_meeting=begin_meeting)])

    async def participant_left(self, seat_id: str, sid: str, room_name: str, now: datetime) -> None:
        """Record a participant who has left; the end of a connection is final. The seat may have a newer one."""
        left = [*_left(seat_id, sid, now), _event(sid, now)]
        await self._database.write([*left, *presence_changed(room_name, now, begin_meeting=False)])

    async def track_published(self, track: Track, room_name: str, now: datetime) -> None:
        """Record that a member sends something. Ignores tracks and connections that were reported to have ended."""
        await self._database.write([_track_begins(track, room_name, now)])

    async def track_unpublished(self, track: Track, now: datetime) -> None:
        """Record that a member sends something no more; the end of a track is final. There may be a newer one."""
        await self._database.write(_track_ends(track, now))

    async def set_participants(self, room: RoomInUse, present: Mapping[str, Participant], now: datetime) -> None:
        """Record everybody who is in a room, by seat id, and what they publish.

        LiveKit was asked after `room` was read. A seat whose connection was reported to have changed since stays as
        reported, because nobody knows which is newer; the next list decides.
        """
        statements = [
            statement
            for seat_id, known in room.connections.items()
            for statement in (
                *_listed(room, seat_id, known, present.get(seat_id), now),
                *_listed_tracks(room, seat_id, present.get(seat_id), now),
            )
        ]
        await self._database.write([*statements, *presence_changed(room.room_name, now)])

    async def record_event(self, event_id: str, now: datetime) -> bool:
        """Record a webhook event. False if it was recorded before."""
        [rows] = await self._database.write([_event(event_id, now)])
        return bool(rows)

    async def rooms_in_use(self) -> Sequence[RoomInUse]:
        """The rooms of all live matches."""
        rooms: dict[tuple[str, str], list[Row]] = defaultdict(list)
        tracks: dict[str, dict[MediaSource, str]] = defaultdict(dict)
        for row in await self._database.all("matches.rooms_in_use"):
            rooms[row["room_name"], row["match_id"]].append(row)
            if row["source"] is not None:
                tracks[row["seat_id"]][MediaSource(row["source"])] = row["track_sid"]
        return [
            RoomInUse(
                room_name=room_name,
                match_id=match_id,
                seat_ids=frozenset(seat["seat_id"] for seat in seats if seat["left_at"] is None),
                connections={seat["seat_id"]: seat["sid"] for seat in seats},
                tracks={seat["seat_id"]: tracks[seat["seat_id"]] for seat in seats if seat["seat_id"] in tracks},
            )
            for (room_name, match_id), seats in rooms.items()
        ]


def _listed(
    room: RoomInUse, seat_id: str, known: str | None, listed: Participant | None, now: datetime
) -> Sequence[Statement]:
    """The statements for a seat that LiveKit lists with this connection, or not at all; none without a change."""
    if listed is None:
        return [] if known is None else _left(seat_id, known, now)
    if listed.sid == known:
        return []
    values = {"seat_id": seat_id, "sid": listed.sid, "known_sid": known or "", "room_name": room.room_name}
    return [Statement(name="seats.participant_listed", values=values)]


def _listed_tracks(room: RoomInUse, seat_id: str, listed: Participant | None, now: datetime) -> Iterator[Statement]:
    """The statements for what LiveKit lists as published by a seat; none without a change."""
    known, published = room.tracks.get(seat_id, {}), listed.tracks if listed else {}
    sid = listed.sid if listed else ""
    for source in MediaSource:
        before, track_sid = known.get(source), published.get(source)
        if track_sid and track_sid != before:
            track = Track(seat_id=seat_id, source=source, track_sid=track_sid, sid=sid)
            yield _track_begins(track, room.room_name, now)
        elif before and not track_sid:
            yield from _track_ends(Track(seat_id=seat_id, source=source, track_sid=before, sid=sid), now)


def _track_begins(track: Track, room_name: str, now: datetime) -> Statement:
    return Statement(name="media_times.begin", values={**asdict(track), "room_name": room_name, "now": to_ms(now)})


def _track_ends(track: Track, now: datetime) -> Sequence[Statement]:
    ended = Statement(name="media_times.end", values={**asdict(track), "now": to_ms(now)})
    return [ended, _event(track.track_sid, now)]


def _left(seat_id: str, sid: str, now: datetime) -> Sequence[Statement]:
    """The statements for the end of a connection, and of what was published over it."""
    values = {"seat_id": seat_id, "sid": sid, "now": to_ms(now)}
    return [Statement(name=name, values=values) for name in ("seats.participant_left", "media_times.end_connection")]


def _event(event_id: str, now: datetime) -> Statement:
    return Statement(name="webhook_events.record", values={"id": event_id, "now": to_ms(now)})


def presence_changed(room_name: str, now: datetime, *, begin_meeting: bool = True) -> Sequence[Statement]:
    """The statements for what follows for a match if somebody has come to its room or gone.

    The meeting begins if both are in, unless `begin_meeting` is False.
    """
    values = {"room_name": room_name, "now": to_ms(now)}
    beginning = Statement(
        name="matches.begin_meeting", values={**values, "states": encode(sorted(states_before_meeting()))}
    )
    return [
        Statement(name="seats.enter", values=values),
        *([beginning, mark_meeting(now, room_name)] if begin_meeting else ()),
        record_meeting(now, room_name=room_name),
        Statement(name="matches.update_presence", values=values),
    ]


def record_meeting(now: datetime, *, room_name: str | None = None, seat_id: str | None = None) -> Statement:
    """The statement that records when two members last met, if they were in the room together for `MET_AFTER`.

    The match is identified by its room or by one of its seats.
    """
    values = {"room_name": room_name, "seat_id": seat_id, "now": to_ms(now), "together_before": to_ms(now - MET_AFTER)}
    return Statement(name="last_meetings.record", values=values)
