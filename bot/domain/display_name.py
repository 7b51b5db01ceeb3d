"""Cleans display names before they are stored, so that they cannot break a layout, form links or hide text."""

import re
import unicodedata

MAX_NAME_LETTERS = 32
MAX_STACKED_MARKS = 2  # real languages use at most two marks per letter; taller stacks cover the lines above

_URL_SCHEME = re.compile(r"\b[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_EMPTY_LOOKING = "\u115f\u1160\u3164\uffa0\u2800"


def clean_display_name(name: str, *, fallback: str) -> str:
    """`name` on one line of at most `MAX_NAME_LETTERS`, or `fallback` if nothing visible is left.

    Removes invisible letters, text-direction overrides, URL schemes and stacked marks. Idempotent.
    """
    letters = [_visible_letter(letter) for letter in unicodedata.normalize("NFC", name)]
    one_line = " ".join(_without_stacked_marks("".join(letters)).split())
    return _URL_SCHEME.sub("", one_line)[:MAX_NAME_LETTERS].strip() or fallback


def _visible_letter(letter: str) -> str:
    category = unicodedata.category(letter)
    if category in {"Cf", "Co", "Cs", "Cn"} or letter in _EMPTY_LOOKING:
        return ""  # zero-width, direction overrides, private and unassigned letters
    return " " if category in {"Cc", "Zl", "Zp", "Zs"} else letter


def _without_stacked_marks(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for letter in text:
        marks = marks + 1 if unicodedata.category(letter) in {"Mn", "Me"} else 0
        if marks <= MAX_STACKED_MARKS:
            kept.append(letter)
    return "".join(kept)
