"""An invitation's one-time link: how its token is derived, what the store keeps of it, and how long it lasts."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from datetime import timedelta
from enum import StrEnum

LINK_LIFETIME = timedelta(minutes=15)
"""Counted from the first delivery."""
REPEAT_WITHIN = timedelta(seconds=60)
"""How long after redeeming a link the same attempt may be repeated."""
LINKS_PER_WINDOW = 3
LINKS_WINDOW = timedelta(minutes=10)
"""A seat gets at most `LINKS_PER_WINDOW` new links in any `LINKS_WINDOW`."""
FAILURES_PER_WINDOW = 20
FAILURES_WINDOW = timedelta(minutes=1)
"""Of a client's failed attempts to use a link, at most `FAILURES_PER_WINDOW` are answered in any `FAILURES_WINDOW`."""


class InvitationState(StrEnum):
    """The state of an invitation. Expiry is not a state: it follows from the time."""

    OPEN = "open"
    REDEEMED = "redeemed"
    REPLACED = "replaced"  # a newer link was issued
    OVER = "over"  # the match has ended or the seat was given up


def link_token(key: bytes, invitation_id: str) -> str:
    """The token of a link: 43 URL-safe letters derived from key and id, so a retried message has the same link."""
    mac = hmac.digest(key, invitation_id.encode(), hashlib.sha256)
    return urlsafe_b64encode(mac).rstrip(b"=").decode("ascii")


def digest(secret: str) -> bytes:
    """The SHA-256 of a secret, which is all that the store keeps of it."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
