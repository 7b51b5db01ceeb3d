"""Pseudonyms: numbers that name a member in what outlives the deletion of their data."""

import hashlib
import hmac
from typing import Final

_BYTES: Final = 8
_HIGHEST: Final = 1 << 63


def pseudonym_of(privacy_key: bytes, member_id: int) -> int:
    """The number from -2**63 to -1 that names a member; nobody finds the id from it without `privacy_key`.

    Discord's ids are never negative, so no pseudonym is anybody's id.
    """
    digest = hmac.digest(privacy_key, f"hey-buddy:member:{member_id}".encode(), hashlib.sha256)
    return -(int.from_bytes(digest[:_BYTES]) % _HIGHEST) - 1
