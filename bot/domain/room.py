"""The LiveKit room of a match: two places, and a name that cannot be guessed. Also the room of a `heybuddy check`."""

import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

SEATS_PER_ROOM = 2
NAME_BYTES = 24
CHECK_ROOM = re.compile(r"check-[A-Za-z0-9_-]{22}")
JOIN_TOKEN_LIFETIME = timedelta(minutes=10)
LONGEST_OUTAGE = timedelta(hours=1)
"""For how long nobody is late because LiveKit is away: afterwards matches end, so that nobody stays in one for ever."""


class RoomAction(StrEnum):
    """What a room order asks LiveKit to do."""

    CLOSE = "close"
    REMOVE = "remove"  # one participant


class MediaSource(StrEnum):
    """What a member can send. The sound of a shared screen comes with it."""

    CAMERA = "camera"
    MICROPHONE = "microphone"
    SCREEN = "screen"


@dataclass(frozen=True, kw_only=True, slots=True)
class Participant:
    """Somebody in a room: the connection's `sid`, and the sid of the track that they publish from each source."""

    sid: str
    tracks: Mapping[MediaSource, str] = field(default_factory=dict)


def room_name(random_bytes: bytes) -> str:
    """A room's name from `NAME_BYTES` random bytes: 32 URL-safe letters."""
    return urlsafe_b64encode(random_bytes).rstrip(b"=").decode("ascii")


def check_room_name(opaque_id: str) -> str:
    """The name of a room that `heybuddy check` makes and deletes, from an id of 22 letters."""
    return f"check-{opaque_id}"


def is_check_room(name: str) -> bool:
    """Whether `name` may be that of such a room. It is never one of a match's room."""
    return CHECK_ROOM.fullmatch(name) is not None
