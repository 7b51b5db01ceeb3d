"""One key for each purpose, all derived from the operator's session secret."""

import hashlib
import hmac
from enum import StrEnum


class KeyPurpose(StrEnum):
    """What a key is for."""

    LINK = "link"
    COOKIE = "cookie"
    INTERACTION = "interaction"
    ADDRESS = "address"
    REPORT = "report"


def derive_key(secret: bytes, purpose: KeyPurpose) -> bytes:
    """The 32-byte key for `purpose`. A key reveals neither the secret nor another key."""
    return hmac.digest(secret, b"hey-buddy:" + purpose.encode(), hashlib.sha256)
