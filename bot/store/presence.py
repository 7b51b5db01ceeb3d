"""Presence: who is in which room, as LiveKit tells it. Late, doubled and reordered news cannot hurt."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.match import MET_AFTER, states_before_meeting
from bot.store.codec import encode
from bot.store.database import Database, Statement
from bot.store.times import to_ms


@dataclass(frozen=True, kw_only=True, slots=True)
class RoomInUse:
    """The room of a match that runs, and the seats that may be in it."""

    room_name: str
    match_id: str
    seat_ids: tuple[str, ...]


class Presence:
    """Who is in."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def participant_joined(self, seat_id: str, sid: str, room_name: str, now: datetime) -> None:
        """A participant is in. Again, and for a seat given up or a room of the past, nothing changes."""
        values = {"seat_id": seat_id, "sid": sid, "room_name": room_name, "now": to_ms(now)}
        await self._database.write([Statement(name="presence.arrive", values=values), *_consequences(room_name, now)])

    async def participant_left(self, seat_id: str, sid: str, room_name: str, now: datetime) -> None:
        """A participant has gone. Nothing changes where a newer connection of the seat is in."""
        values = {"seat_id": seat_id, "sid": sid}
        await self._database.write([Statement(name="presence.go", values=values), *_consequences(room_name, now)])

    async def set_participants(self, room_name: str, present: Mapping[str, str], now: datetime) -> None:
        """The whole truth about one room: connection ids by seat id."""
        absent = {"room_name": room_name, "present": encode(dict(present))}
        arrived = [
            Statement(
                name="presence.arrive",
                values={"seat_id": seat_id, "sid": sid, "room_name": room_name, "now": to_ms(now)},
            )
            for seat_id, sid in present.items()
        ]
        statements = [Statement(name="presence.absent", values=absent), *arrived, *_consequences(room_name, now)]
        await self._database.write(statements)

    async def record_event(self, event_id: str, now: datetime) -> bool:
        """Whether this event was not told before."""
        values = {"id": event_id, "now": to_ms(now)}
        [rows] = await self._database.write([Statement(name="presence.record_event", values=values)])
        return bool(rows)

    async def rooms_in_use(self) -> Sequence[RoomInUse]:
        """The rooms of all matches that run."""
        return [
            RoomInUse(room_name=row["room_name"], match_id=row["match_id"], seat_ids=tuple(json.loads(row["seats"])))
            for row in await self._database.all("presence.rooms_in_use")
        ]


def _consequences(room_name: str, now: datetime) -> Sequence[Statement]:
    moment = {"room_name": room_name, "now": to_ms(now)}
    return [
        Statement(name="presence.meet", values={**moment, "states": encode(sorted(states_before_meeting()))}),
        record_meeting(now, room_name=room_name),
        Statement(name="presence.together", values=moment),
    ]


def record_meeting(now: datetime, *, room_name: str | None = None, seat_id: str | None = None) -> Statement:
    """The statement that remembers a meeting of a minute or more, in a room or of a seat."""
    values = {"room_name": room_name, "seat_id": seat_id, "now": to_ms(now), "together_before": to_ms(now - MET_AFTER)}
    return Statement(name="presence.met", values=values)
