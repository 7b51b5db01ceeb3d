"""Interaction tokens at rest."""

from bot.chat.seal import Seal
from bot.clock import SystemClock

KEY = bytes(range(32))


def test_what_is_closed_opens_again() -> None:
    """The same key and the same member."""
    seal = Seal(KEY, SystemClock())
    assert seal.open(seal.close("aW50ZXJhY3Rpb24", 7), 7) == "aW50ZXJhY3Rpb24"


def test_it_opens_for_nobody_else() -> None:
    """Another member's, another key's, or anything else is nothing."""
    sealed = Seal(KEY, SystemClock()).close("token", 7)
    assert Seal(KEY, SystemClock()).open(sealed, 8) is None
    assert Seal(bytes(32), SystemClock()).open(sealed, 7) is None
    assert Seal(KEY, SystemClock()).open("rubbish", 7) is None


def test_the_sealed_form_hides_the_token_and_is_new_each_time() -> None:
    """Nothing of it shows, and two seals of one token differ."""
    seal = Seal(KEY, SystemClock())
    first, second = seal.close("token", 7), seal.close("token", 7)
    assert "token" not in first
    assert first != second
