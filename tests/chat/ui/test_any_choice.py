"""Recognizing "any"."""

import pytest

from bot.chat.ui.any_choice import includes_any, means_any
from bot.words import words_for


@pytest.mark.parametrize("key", ["chat.any_subject", "chat.any_length", "chat.button.any_subject"])
def test_our_own_labels_mean_any(key: str, added_language: str) -> None:
    """In every language that we show them in, whatever the reader's is."""
    for language in ("en", added_language):
        assert means_any(words_for(language)(key))


@pytest.mark.parametrize(
    "typed", ["any", "Any", "ANY.", "“any”", " any ", "ａｎｙ", "anything", "all", "whatever", "No preference"]
)
def test_words_for_any_are_known(typed: str) -> None:
    """In any spelling."""
    assert means_any(typed)


@pytest.mark.parametrize("typed", ["", "anyone", "Many", "any physics", "Company law", "Anatomy", "all about Physics"])
def test_other_words_do_not_mean_any(typed: str) -> None:
    """Also if they contain it."""
    assert not means_any(typed)


def test_a_list_may_include_any() -> None:
    """Among other items, or joined to them by a word."""
    assert includes_any("25, any")
    assert includes_any("25 or any")
    assert includes_any("25; All")
    assert not includes_any("25, many")
