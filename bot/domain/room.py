"""The room of a match: two places and a name nobody can guess."""

from base64 import urlsafe_b64encode
from datetime import timedelta

SEATS_PER_ROOM = 2
NAME_BYTES = 24
JOIN_TOKEN_LIFETIME = timedelta(minutes=10)


def room_name(chance: bytes) -> str:
    """A room's name from `NAME_BYTES` random bytes: 32 letters."""
    return urlsafe_b64encode(chance).rstrip(b"=").decode("ascii")
