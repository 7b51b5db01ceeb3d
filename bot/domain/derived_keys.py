"""One key per purpose, all from the operator's one secret."""

import hashlib
import hmac
from enum import StrEnum


class KeyPurpose(StrEnum):
    """What a key is for."""

    LINK = "link"
    COOKIE = "cookie"
    INTERACTION = "interaction"


def derive_key(secret: bytes, purpose: KeyPurpose) -> bytes:
    """The 32-byte key for `purpose`; knowing one key tells nothing of another or of the secret."""
    return hmac.digest(secret, b"hey-buddy:" + purpose.encode(), hashlib.sha256)
