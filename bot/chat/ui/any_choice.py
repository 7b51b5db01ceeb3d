"""Recognizes that somebody typed "any", in every form in which we show it."""

from collections.abc import Set as AbstractSet
from functools import cache
from typing import Final

from bot.domain.ticket import ANY
from bot.domain.typed_text import bare, items_of
from bot.words import texts_in_all_languages

_SHOWN: Final = ("chat.any_subject", "chat.any_length", "chat.button.any_subject")
_TYPED: Final = "chat.typed.any"


def means_any(typed: str) -> bool:
    """Whether `typed` means no preference: our own labels in any language, or words that people use for them."""
    shown = (text for key in _SHOWN for text in texts_in_all_languages(key))
    words = (word for text in texts_in_all_languages(_TYPED) for word in items_of(text))
    return bare(typed) in _spellings(frozenset({ANY, *shown, *words}))


@cache
def _spellings(texts: AbstractSet[str]) -> AbstractSet[str]:
    return frozenset(bare(text) for text in texts)


def includes_any(typed: str) -> bool:
    """Whether `typed`, which may be a list, means no preference or has that among its items: "25 or any"."""
    return ANY in bare(typed).split() or any(means_any(item) for item in (typed, *items_of(typed)))
