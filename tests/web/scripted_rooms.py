"""Rooms as a script wants them: a LiveKit that remembers what was asked of it and fails when it is told to."""

import asyncio
from collections.abc import Mapping

from web.livekit_rooms import Forged, RoomEvent
from web.problems import HttpProblem

SIGNED = "signed by LiveKit"
URL = "ws://127.0.0.1:7880"


class ScriptedRooms:
    """Stands in for LiveKit. `trouble` is the code it fails with; `inside` holds who is in which room."""

    url = URL

    def __init__(self) -> None:
        self.trouble: str | None = None
        self.inside: dict[str, dict[str, str]] = {}
        self.asked: list[tuple[str, ...]] = []
        self.told: RoomEvent | None = None
        self.making = asyncio.Event()
        self.made = asyncio.Event()
        self.made.set()

    def said(self, what: str) -> list[tuple[str, ...]]:
        """What was asked of one kind."""
        return [asked for asked in self.asked if asked[0] == what]

    async def ensure(self, name: str) -> int:
        self._note("ensure", name)
        self.making.set()
        await self.made.wait()
        return len(self.inside.setdefault(name, {}))

    async def close(self, name: str) -> None:
        self._note("close", name)
        self.inside.pop(name, None)

    async def remove(self, name: str, identity: str) -> None:
        self._note("remove", name, identity)
        self.inside.get(name, {}).pop(identity, None)

    async def present(self, name: str) -> Mapping[str, str]:
        self._note("present", name)
        return dict(self.inside.get(name, {}))

    async def check(self) -> None:
        self._note("check")

    def token(self, *, identity: str, room_name: str) -> str:
        return f"token of {identity} for {room_name}"

    def event(self, body: bytes, authorization: str) -> RoomEvent:
        if authorization != SIGNED or self.told is None:
            raise Forged("not by the script")
        return self.told

    def _note(self, *asked: str) -> None:
        self.asked.append(asked)
        if self.trouble:
            raise HttpProblem(self.trouble)
