"""Presence: which members are in which room, as LiveKit reports it. Late, repeated or reordered reports do no harm."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.match import MET_AFTER, states_before_meeting
from bot.store.codec import encode
from bot.store.database import Database, Statement
from bot.store.stale import mark_meeting
from bot.store.times import to_ms


@dataclass(frozen=True, kw_only=True, slots=True)
class RoomInUse:
    """The room of a live match, and the seats whose members may be in it."""

    room_name: str
    match_id: str
    seat_ids: tuple[str, ...]


class Presence:
    """Reports about rooms. A participant is known by the seat's id, a connection by LiveKit's `sid`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def participant_joined(self, seat_id: str, sid: str, room_name: str, now: datetime) -> None:
        """Record a participant who has joined. Ignores repeats, seats given up, and former rooms of the match."""
        await self._database.write([_joined(seat_id, sid, room_name, now), *presence_changed(room_name, now)])

    async def participant_left(self, seat_id: str, sid: str, room_name: str, now: datetime) -> None:
        """Record a participant who has left. Ignored if the seat has a newer connection."""
        left = Statement(name="seats.participant_left", values={"seat_id": seat_id, "sid": sid})
        await self._database.write([left, *presence_changed(room_name, now)])

    async def set_participants(self, room_name: str, present: Mapping[str, str], now: datetime) -> None:
        """Record everybody who is in one room: `present` maps seat ids to `sid`."""
        absent = {"room_name": room_name, "present": encode(list(present))}
        statements = [
            Statement(name="seats.clear_absent", values=absent),
            *(_joined(seat_id, sid, room_name, now) for seat_id, sid in present.items()),
            *presence_changed(room_name, now),
        ]
        await self._database.write(statements)

    async def record_event(self, event_id: str, now: datetime) -> bool:
        """Record a webhook event. False if it was recorded before."""
        values = {"id": event_id, "now": to_ms(now)}
        [rows] = await self._database.write([Statement(name="webhook_events.record", values=values)])
        return bool(rows)

    async def rooms_in_use(self) -> Sequence[RoomInUse]:
        """The rooms of all live matches."""
        seat_ids: dict[tuple[str, str], list[str]] = defaultdict(list)
        for row in await self._database.all("matches.rooms_in_use"):
            seat_ids[row["match_id"], row["room_name"]] += [row["seat_id"]] if row["seat_id"] else []
        return [
            RoomInUse(room_name=room_name, match_id=match_id, seat_ids=tuple(seats))
            for (match_id, room_name), seats in seat_ids.items()
        ]


def _joined(seat_id: str, sid: str, room_name: str, now: datetime) -> Statement:
    values = {"seat_id": seat_id, "sid": sid, "room_name": room_name, "now": to_ms(now)}
    return Statement(name="seats.participant_joined", values=values)


def presence_changed(room_name: str, now: datetime) -> Sequence[Statement]:
    """The statements for what follows for a match if somebody has come to its room or gone."""
    values = {"room_name": room_name, "now": to_ms(now)}
    return [
        Statement(name="matches.begin_meeting", values={**values, "states": encode(sorted(states_before_meeting()))}),
        mark_meeting(now, room_name),
        record_meeting(now, room_name=room_name),
        Statement(name="matches.update_presence", values=values),
    ]


def record_meeting(now: datetime, *, room_name: str | None = None, seat_id: str | None = None) -> Statement:
    """The statement that records when two members last met, if they were in the room together for `MET_AFTER`.

    The match is identified by its room or by one of its seats.
    """
    values = {"room_name": room_name, "seat_id": seat_id, "now": to_ms(now), "together_before": to_ms(now - MET_AFTER)}
    return Statement(name="last_meetings.record", values=values)
