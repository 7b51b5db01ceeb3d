"""What a hostile display name may not do: break the layout, ping, link, or look like somebody else's words.

`clean` is for what is stored and shown on the page; `escaped` is for text that Discord draws.
"""

import re
import unicodedata

LONGEST = 32
MARKS_IN_A_ROW = 2  # letters of real languages carry at most two marks; stacks of them climb out of their line

_SCHEME = re.compile(r"\b[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_MARKUP = re.compile(r"^[#-]|[\\`*_~|<>\[\]@]|:(?=//)", re.MULTILINE)  # first: headings and lists; last: addresses


def clean(name: str, *, otherwise: str) -> str:
    """`name` on one line, at most 32 letters, nothing invisible or turning; `otherwise` if nothing is left."""
    letters = [_visible(letter) for letter in unicodedata.normalize("NFC", name)]
    one_line = " ".join(_without_stacks("".join(letters)).split())
    return _SCHEME.sub("", one_line)[:LONGEST].strip() or otherwise


def escaped(text: str) -> str:
    """`text` so that Discord shows exactly these letters: no markup, no mention, no link."""
    return _MARKUP.sub(r"\\\g<0>", text)


def _visible(letter: str) -> str:
    category = unicodedata.category(letter)
    if category in {"Cf", "Co", "Cs", "Cn"} or letter in "\u115f\u1160\u3164\uffa0\u2800":
        return ""  # zero-width, direction overrides, private and empty-looking letters
    return " " if category in {"Cc", "Zl", "Zp", "Zs"} else letter


def _without_stacks(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for letter in text:
        marks = marks + 1 if unicodedata.category(letter) in {"Mn", "Me"} else 0
        if marks <= MARKS_IN_A_ROW:
            kept.append(letter)
    return "".join(kept)
