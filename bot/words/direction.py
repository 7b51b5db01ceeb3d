"""Keeps a name in a right-to-left script from turning around the sentence that it stands in (UAX #9)."""

import unicodedata

FIRST_STRONG_ISOLATE = "\u2068"
POP_DIRECTIONAL_ISOLATE = "\u2069"
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})


def isolated(text: str) -> str:
    """`text` with a direction of its own if any of it is written from right to left, else as it is.

    All catalogues are in left-to-right languages, so other names need nothing and can be copied as they are.
    """
    if any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text):
        return f"{FIRST_STRONG_ISOLATE}{text}{POP_DIRECTIONAL_ISOLATE}"
    return text
