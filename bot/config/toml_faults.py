"""Says in plain words why a file is not TOML: what an editor put there, what stands there twice, what lacks quotes."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.config.characters import find_character, is_odd_blank, is_quotation_mark

PLACE: Final = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
TWICE: Final = re.compile(r"Cannot declare \('(\w+)',\) twice")

STRAIGHT_QUOTES: Final = "\"'"
SET_TWICE: Final = "this key is set above already; keep one of the two"
BEYOND_THE_VALUE: Final = "Expected newline or end of document"
HABITS: Final[Mapping[str, str]] = MappingProxyType(
    {
        r"[^#]*\s(//|--|;).*|[;/].*": "a comment begins with #",
        r"[^=]*=\s*[+-]?\d+,\d.*": "a decimal number has a point, not a comma",
        r"[^=]*=\s*[+-]?0\d.*": "a number doesn't begin with 0",
        r".*[,;]\s*": "nothing may follow the value: remove the comma or semicolon at the end",
    }
)
"""What other languages write, by a pattern of the line; the first that fits counts."""
OPEN_TEXT: Final = "a closing quotation mark is missing"
BACKSLASH: Final = "write a backslash twice within \"…\", or put the text in '…'"
REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Cannot overwrite": SET_TWICE,
        "Cannot mutate": SET_TWICE,
        "Invalid value": "what follows the = isn't a value; text has to be in quotes",
        BEYOND_THE_VALUE: "something follows the value; text has to be in quotes",
        "Unclosed array": "a list isn't as it should be: each text in it is in quotes, between two is a comma, "
        "and at its end a ]",
        "Expected '=' after a key": "write KEY = VALUE",
        "Illegal character '\\n'": OPEN_TEXT,
        "Unterminated string": OPEN_TEXT,
        'Expected "\'"': OPEN_TEXT,
        "Unescaped '\\'": BACKSLASH,
        "Invalid hex value": BACKSLASH,
    }
)
"""By the beginning of what the parser says."""


def describe_toml_error(error: Exception, text: str) -> str:
    """What is wrong with `text`, and in which line, as a clause without subject; it quotes no value of the file."""
    place = PLACE.search(str(error))
    number = int(place[1]) if place and place[1] else None
    line = text.split("\n")[number - 1] if number else ""
    reason = PLACE.sub("", str(error))
    where = f" in line {number}" if number else ""
    line = line.partition("#")[0]
    return f"isn't valid TOML{where}: {_find_strange_character(line) or _find_habit(line, reason) or _explain(reason)}"


def _find_strange_character(line: str) -> str | None:
    if quote := find_character(line, lambda each: is_quotation_mark(each) and each not in STRAIGHT_QUOTES):
        return f"{quote} isn't a quotation mark in TOML; use the straight one, \""
    if blank := find_character(line, is_odd_blank):
        return f"it has an unusual or invisible space (U+{ord(blank):04X}); type the line again"
    return None


def _find_habit(line: str, reason: str) -> str | None:
    """What other languages write so."""
    if not reason.startswith((BEYOND_THE_VALUE, "Invalid statement")):
        return None
    return next((clause for pattern, clause in HABITS.items() if re.fullmatch(pattern, line)), None)


def _explain(reason: str) -> str:
    if section := TWICE.search(reason):
        name = section[1]
        return f"there are settings of {name} above already; put these beside them, or write them as {name}.KEY = VALUE"
    known = (clause for beginning, clause in REASONS.items() if reason.startswith(beginning))
    return next(known, f"{reason}; write KEY = VALUE, with text in quotes")
