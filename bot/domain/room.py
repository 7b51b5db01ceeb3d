"""The LiveKit room of a match: two places, and a name that cannot be guessed."""

from base64 import urlsafe_b64encode
from datetime import timedelta
from enum import StrEnum

SEATS_PER_ROOM = 2
NAME_BYTES = 24
JOIN_TOKEN_LIFETIME = timedelta(minutes=10)


class RoomAction(StrEnum):
    """What a room order asks LiveKit to do."""

    CLOSE = "close"
    REMOVE = "remove"  # one participant


def room_name(random_bytes: bytes) -> str:
    """A room's name from `NAME_BYTES` random bytes: 32 URL-safe letters."""
    return urlsafe_b64encode(random_bytes).rstrip(b"=").decode("ascii")
