"""The one-time link: how its token is made, what is kept of it, how long it lasts."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from datetime import timedelta

LINK_LIFETIME = timedelta(minutes=15)
REPEAT_WITHIN = timedelta(seconds=60)
LINKS_PER_WINDOW = 3
LINKS_WINDOW = timedelta(minutes=10)


def link_token(key: bytes, invitation_id: str) -> str:
    """The secret of a link: 43 letters that follow from key and id alone, so every try to send it is the same."""
    mac = hmac.digest(key, invitation_id.encode(), hashlib.sha256)
    return urlsafe_b64encode(mac).rstrip(b"=").decode("ascii")


def digest(secret: str) -> bytes:
    """What the store keeps of a secret: its SHA-256."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
