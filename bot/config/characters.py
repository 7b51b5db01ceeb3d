"""Characters that copying brings along: quotation marks, odd blanks, and those that nobody sees."""

import unicodedata
from collections.abc import Callable
from typing import Final

ENDS_A_LINE_OR_STEERS: Final = frozenset({"Cc", "Zl", "Zp"})


def find_character(text: str, fits: Callable[[str], bool]) -> str | None:
    """The first character of `text` that fits; None if none does."""
    return next((character for character in text if fits(character)), None)


def is_quotation_mark(character: str) -> bool:
    """Whether it is one of any script, straight or curly."""
    name = unicodedata.name(character, "")
    return "QUOTATION MARK" in name or name.endswith("APOSTROPHE") or character == "`"


def is_control(character: str) -> bool:
    """Whether it ends a line or steers a terminal; a tab is a blank."""
    return unicodedata.category(character) in ENDS_A_LINE_OR_STEERS and character != "\t"


def is_invisible(character: str) -> bool:
    """Whether nobody sees it, blanks left aside."""
    return is_control(character) or unicodedata.category(character) == "Cf"


def is_odd_blank(character: str) -> bool:
    """Whether it looks like a blank or like nothing, and is neither the usual blank nor a tab."""
    return character not in " \t" and (character.isspace() or is_invisible(character))
