"""A LiveKit in virtual time for random stories: it tells of who comes and goes late, twice, in any order or never."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from tests.clocks import VirtualClock
from tests.web.scripted_rooms import ScriptedRooms
from tests.web.webhooks import ABORTED, JOINED, LEFT
from web.rooms import RoomEvent

LATEST = timedelta(seconds=30)  # LiveKit drops webhooks that are older


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """How webhooks arrive: the share that is lost, the share that is sent twice, and the share that is late."""

    lost: float
    doubled: float
    late: float


ALL_LOST = Delivery(lost=1, doubled=0, late=0)
SHUFFLED = Delivery(lost=0, doubled=0.3, late=0.3)
THE_WORST = Delivery(lost=0.3, doubled=0.3, late=0.5)


class SimulatedLiveKit(ScriptedRooms):
    """Rooms with participants; `take_webhooks` returns what arrives by now. Nobody enters a room that was not made."""

    def __init__(self, *, clock: VirtualClock, chance: random.Random, delivery: Delivery) -> None:
        super().__init__()
        self._clock = clock
        self._chance = chance
        self._delivery = delivery
        self._numbers = count(1)
        self._on_the_way: list[tuple[datetime, RoomEvent]] = []

    @property
    def is_away(self) -> bool:
        """Whether it answers nothing, lets nobody in and keeps its webhooks."""
        return self.problem is not None

    def go_away(self) -> None:
        """Stop answering; those inside stay there."""
        self.problem = "video_unreachable"

    def come_back(self) -> None:
        """Answer again."""
        self.problem = None

    def restart(self) -> None:
        """Forget all rooms with everybody in them, and all webhooks that were not sent."""
        self.inside.clear()
        self._on_the_way.clear()

    def enter(self, room_name: str, identity: str) -> None:
        """Connect a participant, whose former connection is replaced; a room that does not exist lets nobody in."""
        if self.is_away or room_name not in self.inside:
            return
        former = self.inside[room_name].get(identity)
        sid = self.inside[room_name][identity] = f"PA_{next(self._numbers)}"
        self._announce(JOINED, room_name, identity, sid)
        if former:
            self._announce(LEFT, room_name, identity, former)

    def leave(self, room_name: str, identity: str) -> None:
        """End a participant's connection, if there is one."""
        sid = self.inside.get(room_name, {}).pop(identity, None)
        if sid:
            self._announce(self._chance.choice((LEFT, ABORTED)), room_name, identity, sid)

    async def close_room(self, room_name: str) -> None:
        self._end_all(room_name)
        await super().close_room(room_name)

    async def remove_participant(self, room_name: str, identity: str) -> None:
        if not self.is_away:
            self.leave(room_name, identity)
        await super().remove_participant(room_name, identity)

    def _end_all(self, room_name: str) -> None:
        if not self.is_away:
            for identity in list(self.inside.get(room_name, {})):
                self.leave(room_name, identity)

    def present(self, room_name: str) -> Mapping[str, str]:
        """Who is in a room: connection ids by identity."""
        return self.inside.get(room_name, {})

    def _announce(self, kind: str, room_name: str, identity: str, sid: str) -> None:
        if self._chance.random() < self._delivery.lost:
            return
        event_id = f"EV_{next(self._numbers)}"
        event = RoomEvent(id=event_id, kind=kind, room_name=room_name, identity=identity, sid=sid)
        for _ in range(1 + (self._chance.random() < self._delivery.doubled)):
            is_late = self._chance.random() < self._delivery.late
            delay = LATEST * self._chance.random() if is_late else timedelta()
            self._on_the_way.append((self._clock.now() + delay, event))

    def take_webhooks(self) -> list[RoomEvent]:
        """The events that arrive by now, the latest announced in any order."""
        if self.is_away:
            return []
        now = self._clock.now()
        arrived = [event for due, event in sorted(self._on_the_way, key=lambda each: each[0]) if due <= now]
        self._on_the_way = [(due, event) for due, event in self._on_the_way if due > now]
        if self._delivery.late:
            self._chance.shuffle(arrived)
        return arrived
