"""The interface of video rooms, and the stand-in used if no LiveKit server is configured."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.domain.room import MediaSource, Participant
from web.problems import HttpProblem


@dataclass(frozen=True, kw_only=True, slots=True)
class RoomEvent:
    """A webhook event: `kind` as LiveKit names it; `identity` and `sid` (the connection's id) may be empty.

    `source` and `track_sid`: of events about a track; `source` is None if it is none of ours.
    """

    id: str
    kind: str
    room_name: str
    identity: str
    sid: str
    source: MediaSource | None = None
    track_sid: str = ""


class VideoProblem(HttpProblem):
    """LiveKit does not do what we ask. Browsers get the code alone.

    `reason` tells operators why and what to do, as a sentence without its full stop; `setting` is the key of the
    setting to look at first.
    """

    def __init__(self, code: str, *, setting: str, reason: str) -> None:
        super().__init__(code)
        self.setting = setting
        self.reason = reason


class ForgedWebhook(Exception):
    """The webhook was not signed by our LiveKit server."""


class UntimelyWebhook(ForgedWebhook):
    """The webhook is signed with our key but for another time: it is old, or LiveKit's clock and ours are apart."""


class Rooms(Protocol):
    """Video rooms; `url` is where browsers reach them, empty if there are none.

    Every method raises VideoProblem if LiveKit cannot do it.
    """

    url: str

    async def ensure_room(self, room_name: str) -> int:
        """Create the room for two participants if it does not exist; returns how many are in it."""
        ...

    async def close_room(self, room_name: str) -> None:
        """Close a room and disconnect everybody in it; does nothing if the room does not exist."""
        ...

    async def remove_participant(self, room_name: str, identity: str) -> None:
        """Disconnect one participant; does nothing if they are not in the room."""
        ...

    async def list_participants(self, room_name: str) -> Mapping[str, Participant]:
        """Who is in a room, by identity; empty if the room does not exist."""
        ...

    async def check_connection(self) -> None:
        """Raise VideoProblem unless LiveKit answers and accepts our key."""
        ...

    def join_token(self, *, identity: str, room_name: str, shares_screen: bool = False) -> str:
        """A join token for one seat in one room, valid for JOIN_TOKEN_LIFETIME, with the fewest grants possible.

        It grants the camera and the microphone, and with `shares_screen` the screen and its sound.
        """
        ...

    def read_webhook(self, body: bytes, authorization: str) -> RoomEvent:
        """Verify and parse a webhook; raises ForgedWebhook."""
        ...


class UnconfiguredRooms:
    """The stand-in without a LiveKit server: nobody can enter, and there is nothing to close."""

    url = ""

    async def ensure_room(self, room_name: str) -> int:
        raise _not_configured()

    async def close_room(self, room_name: str) -> None:
        return

    async def remove_participant(self, room_name: str, identity: str) -> None:
        return

    async def list_participants(self, room_name: str) -> Mapping[str, Participant]:
        return {}

    async def check_connection(self) -> None:
        raise _not_configured()

    def join_token(self, *, identity: str, room_name: str, shares_screen: bool = False) -> str:
        raise _not_configured()

    def read_webhook(self, body: bytes, authorization: str) -> RoomEvent:
        raise ForgedWebhook("no LiveKit is configured, so no webhook can be genuine")


def _not_configured() -> VideoProblem:
    reason = "there's no video: set livekit.url, livekit.api_key and livekit.api_secret"
    return VideoProblem("video_not_configured", setting="livekit.url", reason=reason)
