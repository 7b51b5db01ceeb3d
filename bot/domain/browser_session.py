"""The session: how its cookie is made and how long it holds."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from datetime import timedelta

IDLE_LIFETIME = timedelta(minutes=30)
ABSOLUTE_LIFETIME = timedelta(hours=4)
AFTER_LIFETIME = timedelta(minutes=30)


def cookie_secret(key: bytes, invitation_id: str, attempt: str) -> str:
    """The cookie of one attempt at one link: 256 bits as 43 letters, the same at each repeat of the attempt."""
    mac = hmac.digest(key, f"{invitation_id}.{attempt}".encode("utf-8", "surrogatepass"), hashlib.sha256)
    return urlsafe_b64encode(mac).rstrip(b"=").decode("ascii")
