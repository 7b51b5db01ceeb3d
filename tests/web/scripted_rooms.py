"""Scripted rooms: a faithful stand-in for LiveKit that records the calls it gets and fails when a test wants it to."""

import asyncio
from collections.abc import Mapping

from bot.domain.room import MediaSource, Participant
from web.rooms import ForgedWebhook, RoomEvent, UntimelyWebhook, VideoProblem

SIGNATURE = "signed by LiveKit"
OLD_SIGNATURE = "signed by LiveKit an hour ago"
URL = "ws://127.0.0.1:7880"


class ScriptedRooms:
    """Stands in for LiveKit. `problem` is the code it fails with; `inside` maps rooms to connection ids by identity.

    `published` maps identities to the tracks that they publish, wherever they are.
    What concerns one of the `broken` rooms fails by itself.
    Clearing `creation_allowed` blocks `ensure_room`; `creation_started` tells that it was called.
    """

    url = URL

    def __init__(self) -> None:
        self.problem: str | None = None
        self.broken: set[str] = set()
        self.inside: dict[str, dict[str, str]] = {}
        self.published: dict[str, dict[MediaSource, str]] = {}
        self.calls: list[tuple[str, ...]] = []
        self.webhook_event: RoomEvent | None = None
        self.called = asyncio.Event()
        self.creation_started = asyncio.Event()
        self.creation_allowed = asyncio.Event()
        self.creation_allowed.set()

    def calls_of(self, method: str) -> list[tuple[str, ...]]:
        """The recorded calls of one method."""
        return [call for call in self.calls if call[0] == method]

    async def wait_for_call(self, method: str) -> None:
        """Return when a method has been called at least once."""
        while not self.calls_of(method):
            self.called.clear()
            await self.called.wait()

    async def ensure_room(self, room_name: str) -> int:
        self._record("ensure_room", room_name)
        self.creation_started.set()
        await self.creation_allowed.wait()
        return len(self.inside.setdefault(room_name, {}))

    async def close_room(self, room_name: str) -> None:
        self._record("close_room", room_name)
        self.inside.pop(room_name, None)

    async def remove_participant(self, room_name: str, identity: str) -> None:
        self._record("remove_participant", room_name, identity)
        self.inside.get(room_name, {}).pop(identity, None)

    async def list_participants(self, room_name: str) -> Mapping[str, Participant]:
        self._record("list_participants", room_name)
        return {
            identity: Participant(sid=sid, tracks=dict(self.published.get(identity, {})))
            for identity, sid in self.inside.get(room_name, {}).items()
        }

    async def check_connection(self) -> None:
        self._record("check_connection")

    def join_token(self, *, identity: str, room_name: str, shares_screen: bool = False) -> str:
        screen = " with the screen" if shares_screen else ""
        return f"token of {identity} for {room_name}{screen}"

    def read_webhook(self, body: bytes, authorization: str) -> RoomEvent:
        if authorization == OLD_SIGNATURE:
            raise UntimelyWebhook("minutes ago, as the script says")
        if authorization != SIGNATURE or self.webhook_event is None:
            raise ForgedWebhook("not by the script")
        return self.webhook_event

    def _record(self, *call: str) -> None:
        self.calls.append(call)
        self.called.set()
        problem = self.problem or ("video_unreachable" if self.broken.intersection(call) else None)
        if problem:
            raise VideoProblem(problem, setting="livekit.url", reason=f"the test says {problem}")
