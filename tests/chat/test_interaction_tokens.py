"""Encryption of stored interaction tokens."""

from bot.chat.interaction_tokens import TokenCipher
from bot.clock import SystemClock

KEY = bytes(range(32))


def test_an_encrypted_token_is_decrypted_for_the_same_member() -> None:
    """With the same key and the same member the token comes back."""
    cipher = TokenCipher(KEY, SystemClock())
    assert cipher.decrypt(cipher.encrypt("aW50ZXJhY3Rpb24", 7), 7) == "aW50ZXJhY3Rpb24"


def test_a_token_is_not_decrypted_for_another_member_or_with_another_key() -> None:
    """Another member, another key and text that was never encrypted give None."""
    sealed = TokenCipher(KEY, SystemClock()).encrypt("token", 7)
    assert TokenCipher(KEY, SystemClock()).decrypt(sealed, 8) is None
    assert TokenCipher(bytes(32), SystemClock()).decrypt(sealed, 7) is None
    assert TokenCipher(KEY, SystemClock()).decrypt("rubbish", 7) is None


def test_the_encrypted_form_hides_the_token_and_differs_each_time() -> None:
    """The token cannot be read in it, and encrypting twice gives two results."""
    cipher = TokenCipher(KEY, SystemClock())
    first, second = cipher.encrypt("token", 7), cipher.encrypt("token", 7)
    assert "token" not in first
    assert first != second
