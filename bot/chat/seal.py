"""Interaction tokens at rest: sealed before they reach the store, opened only to use them.

A token lets its holder write to one member for 15 minutes; we use none after 14.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.clock import Clock

NONCE_BYTES = 12


class Seal:
    """Seals with a 32-byte key of its own; what is sealed for one member opens for nobody else."""

    def __init__(self, key: bytes, clock: Clock) -> None:
        self._cipher = AESGCM(key)
        self._clock = clock

    def close(self, token: str, member_id: int) -> str:
        """The sealed form of `token`, as URL-safe text."""
        nonce = self._clock.random_bytes(NONCE_BYTES)
        return urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, token.encode(), _whose(member_id))).decode("ascii")

    def open(self, sealed: str, member_id: int) -> str | None:
        """The token again, or None where the key has changed or the text was not sealed for this member."""
        try:
            raw = urlsafe_b64decode(sealed)
            return self._cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], _whose(member_id)).decode()
        except (InvalidTag, ValueError):
            return None


def _whose(member_id: int) -> bytes:
    return str(member_id).encode()
