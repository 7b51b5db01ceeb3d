"""Presence: which members are in which room, as LiveKit reports it. Late, repeated or reordered reports do no harm."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.match import MET_AFTER, states_before_meeting
from bot.store.codec import encode
from bot.store.database import Database, Row, Statement
from bot.store.stale import mark_meeting
from bot.store.times import to_ms


@dataclass(frozen=True, kw_only=True, slots=True)
class RoomInUse:
    """The room of a live match, the seats whose members may be in it, and the connection of each seat as we know it.

    `connections` also has seats that were given up; None is a seat without a connection.
    """

    room_name: str
    match_id: str
    seat_ids: frozenset[str]
    connections: Mapping[str, str | None]


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
        left = [_left(seat_id, sid), _event(sid, now)]
        await self._database.write([*left, *presence_changed(room_name, now, begin_meeting=False)])

    async def set_participants(self, room: RoomInUse, present: Mapping[str, str], now: datetime) -> None:
        """Record everybody who is in a room: `present` maps seat ids to `sid`.

        LiveKit was asked after `room` was read. A seat whose connection was reported to have changed since stays as
        reported, because nobody knows which is newer; the next list decides.
        """
        statements = [
            statement
            for seat_id, known in room.connections.items()
            if (statement := _listed(room, seat_id, known, present.get(seat_id)))
        ]
        await self._database.write([*statements, *presence_changed(room.room_name, now)])

    async def record_event(self, event_id: str, now: datetime) -> bool:
        """Record a webhook event. False if it was recorded before."""
        [rows] = await self._database.write([_event(event_id, now)])
        return bool(rows)

    async def rooms_in_use(self) -> Sequence[RoomInUse]:
        """The rooms of all live matches."""
        rooms: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in await self._database.all("matches.rooms_in_use"):
            rooms[row["room_name"], row["match_id"]].append(row)
        return [
            RoomInUse(
                room_name=room_name,
                match_id=match_id,
                seat_ids=frozenset(seat["seat_id"] for seat in seats if seat["left_at"] is None),
                connections={seat["seat_id"]: seat["sid"] for seat in seats},
            )
            for (room_name, match_id), seats in rooms.items()
        ]


def _listed(room: RoomInUse, seat_id: str, known: str | None, sid: str | None) -> Statement | None:
    """The statement for a seat that LiveKit lists with the connection `sid`, or not at all; None without a change."""
    if sid == known:
        return None
    if sid is None:
        return _left(seat_id, known)
    values = {"seat_id": seat_id, "sid": sid, "known_sid": known or "", "room_name": room.room_name}
    return Statement(name="seats.participant_listed", values=values)


def _left(seat_id: str, sid: str | None) -> Statement:
    return Statement(name="seats.participant_left", values={"seat_id": seat_id, "sid": sid})


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
