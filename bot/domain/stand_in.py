"""Stand-ins: numbers that take the place of a member's id in what outlives the deletion of their data."""

import hashlib
import hmac
from typing import Final

_BYTES: Final = 8
_SIGN: Final = 1 << 63


def stand_in_for(privacy_key: bytes, member_id: int) -> int:
    """The number from -2**63 to -1 that stands for a member; without `privacy_key` nobody finds the id from it.

    Ids of Discord's are never negative, so the two cannot be confused.
    """
    digest = hmac.digest(privacy_key, f"hey-buddy:member:{member_id}".encode(), hashlib.sha256)
    return -(int.from_bytes(digest[:_BYTES]) % _SIGN) - 1
