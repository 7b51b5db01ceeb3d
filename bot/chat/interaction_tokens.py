"""Encryption of interaction tokens: they are stored encrypted, and decrypted only to be used.

A token lets its holder write to one member for 15 minutes.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.clock import Clock

NONCE_BYTES = 12


class TokenCipher:
    """Encrypts with a 32-byte key; a token encrypted for one member cannot be decrypted for another."""

    def __init__(self, key: bytes, clock: Clock) -> None:
        self._cipher = AESGCM(key)
        self._clock = clock

    def encrypt(self, token: str, member_id: int) -> str:
        """The encrypted token as URL-safe text, different each time."""
        nonce = self._clock.random_bytes(NONCE_BYTES)
        encrypted = self._cipher.encrypt(nonce, token.encode(), _associated_data(member_id))
        return urlsafe_b64encode(nonce + encrypted).decode("ascii")

    def decrypt(self, sealed: str, member_id: int) -> str | None:
        """The token, or None if the key has changed or the text was not encrypted for this member."""
        try:
            raw = urlsafe_b64decode(sealed)
            return self._cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], _associated_data(member_id)).decode()
        except (InvalidTag, ValueError):
            return None


def _associated_data(member_id: int) -> bytes:
    return str(member_id).encode()
