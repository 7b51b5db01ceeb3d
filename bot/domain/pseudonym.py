"""Pseudonyms: numbers that name a member in what outlives the deletion of their data."""

import hashlib
import hmac
from typing import Final

NOBODY_BYTES: Final = 8
_HIGHEST: Final = 1 << 63


def pseudonym_of(privacy_key: bytes, member_id: int) -> int:
    """The number from -2**63 to -1 that names a member; nobody finds the id from it without `privacy_key`.

    Discord's ids are never negative, so no pseudonym is anybody's id. The pseudonym of a pseudonym is itself.
    """
    if member_id < 0:
        return member_id
    digest = hmac.digest(privacy_key, f"hey-buddy:member:{member_id}".encode(), hashlib.sha256)
    return _negative(digest[:NOBODY_BYTES])


def nobody_of(chance: bytes) -> int:
    """A number from -2**63 to -1 that names no member at all, made of `NOBODY_BYTES` random bytes."""
    return _negative(chance)


def _negative(number: bytes) -> int:
    return -(int.from_bytes(number) % _HIGHEST) - 1
