"""A browser session: how its cookie is derived and how long it lasts."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from datetime import timedelta
from enum import StrEnum

IDLE_LIFETIME = timedelta(minutes=30)
"""How long a session lasts without a request while its member is not in the room."""
ABSOLUTE_LIFETIME = timedelta(hours=4)
READ_ONLY_LIFETIME = timedelta(minutes=30)
"""After leaving or the end of the match: the page can still be read, but the room cannot be entered."""


class BrowserSessionState(StrEnum):
    """The state of a session; ENDED is never stored, it follows from the time."""

    ACTIVE = "active"
    READ_ONLY = "read_only"  # after leaving or the match's end: the page can be read, the room not entered
    REPLACED = "replaced"  # another browser holds the seat
    ENDED = "ended"


def cookie_secret(key: bytes, invitation_id: str, attempt: str) -> str:
    """The cookie for one attempt to redeem one link: 256 bits as 43 URL-safe letters.

    The same attempt always gets the same cookie, so a redemption whose answer was lost can be repeated.
    """
    mac = hmac.digest(key, f"{invitation_id}.{attempt}".encode("utf-8", "surrogatepass"), hashlib.sha256)
    return urlsafe_b64encode(mac).rstrip(b"=").decode("ascii")
