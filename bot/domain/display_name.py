"""Cleans names before they are stored: what a script or an emoji needs stays, what hides, deceives or piles up goes.

The rules follow Unicode's properties, not lists of scripts. A name is cut into what readers see as letters (UAX #29, as
far as a name needs it), and what belongs to none of them is left out. Joiners and variation selectors stay where they
shape a letter (UAX #31), marks as far as they do not pile up (UTS #39, 5.4), and other invisible characters go.
"""

import re
import unicodedata
from collections.abc import Iterator
from types import MappingProxyType

MAX_NAME_LETTERS = 32
MAX_MARKS_IN_A_ROW = 4
MAX_MARKS_IN_ONE_PLACE = 2  # above the letter, for example: taller piles cover the line above

_URL_SCHEME = re.compile(r"\b[a-z][a-z0-9+.-]*:/{2,}", re.IGNORECASE)
_JOINERS = "\u180e\u200c\u200d"
_SELECTORS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_SELECTOR = re.compile(f"[{_SELECTORS}]")
_REPEATED = re.compile(f"(?<=[{_JOINERS}])[{_JOINERS}]+|(?<=[{_SELECTORS}])[{_SELECTORS}]+")
_INVISIBLE = re.compile(  # Default_Ignorable_Code_Point, and what is no character; without what has a kind below
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufdd0-\ufdef\ufeff\uffa0"
    "\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e002f\U000e003a-\U000e0060"
    "\U000e007b-\U000e007e\U000e0080-\U000e00ff\U000e01f0-\U000e0fff]"
)

# Each character has a kind, named by one letter; `_LETTER` says which kinds in a row are one letter to a reader.
_SPECIAL_KINDS = (
    ("J", re.compile(f"[{_JOINERS}]")),
    ("V", _SELECTOR),
    ("G", re.compile("[\U000e0030-\U000e0039\U000e0061-\U000e007a]")),  # the tags that name a region
    ("E", re.compile("\U000e007f")),  # the end of the tags
    ("F", re.compile("\U0001f3f4")),  # the flag that they follow
    ("R", re.compile("[\U0001f1e6-\U0001f1ff]")),  # regional indicators
    ("T", re.compile("[\U0001f3fb-\U0001f3ff]")),  # skin tones
    ("Y", re.compile("[\u0e33\u0eb3\u1160-\u11ff\ud7b0-\ud7fb\uff9e\uff9f]")),  # goes with the letter before it
    ("N", re.compile("\u202f")),  # the space before a Mongolian suffix
    ("W", re.compile("[\u2800\U00013441\U00013442\U0001d159]")),  # looks like a space
)
_KIND_OF_CATEGORY = MappingProxyType(
    {
        **dict.fromkeys(("Zs", "Zl", "Zp", "Cc"), "W"),
        **dict.fromkeys(("Co", "Cs"), "-"),  # private use, halves of a pair
        **dict.fromkeys(("Mn", "Mc", "Me"), "M"),
        **dict.fromkeys(("Lo", "Lm"), "L"),  # scripts without case; only these use joiners
        **dict.fromkeys(("So", "Sm", "Sk", "Sc", "Cn"), "S"),  # a symbol newer than our tables is unassigned in them
    }
)
_VIRAMA = 9  # the combining class of marks that join the next letter ("H")
_CASED = frozenset({"Lu", "Ll", "Lt"})
_INFORMATION = "\u2139"  # a letter to Unicode, and an emoji to readers
_LETTER = re.compile(
    r"""
      FG{3,6}E                                      # the flag of a region
    | RR?                                           # the flag of a country
    | [SFT][VMHT]*(?:J[SF][VMHT]*){0,3}             # a symbol, or up to four in one emoji
    | [LY][VMHYJ]*(?:(?<=H)L[VMHYJ]*|(?<=HJ)L[VMHYJ]*){0,3}(?:N(?=L))?   # letters of a script without case
    | O[VMH]*                                       # anything else that is visible
    | [WN]+[MH]*                                    # a space; marks on it stay, except at the beginning
    """,
    re.VERBOSE,
)


def clean_display_name(name: str, *, fallback: str, max_letters: int = MAX_NAME_LETTERS) -> str:
    """`name` on one line of at most `max_letters` as readers count them, or `fallback` if nothing visible is left.

    Removes what is invisible, changes the direction of the text, or looks like a space; URL schemes; and marks that
    pile up. What a script or an emoji needs stays. The answer is in NFC and changes no more when it is cleaned again.
    """
    cleaned = unicodedata.normalize("NFC", name)
    while (shorter := _without_excess(cleaned)) != cleaned:
        cleaned = shorter
    return "".join(list(_letters_of(cleaned))[:max_letters]).strip() or fallback


def without_invisible(text: str) -> str:
    """`text` for comparison: without what has no shape of its own, joiners and variation selectors included."""
    return re.sub(f"[{_JOINERS}{_SELECTORS}]", "", _INVISIBLE.sub("", text))


def shorten_in_middle(name: str, max_letters: int) -> str:
    """A clean name whole, or its beginning and its end with "…" between them: long names differ at the end, too."""
    letters = list(_letters_of(name))
    if len(letters) <= max_letters:
        return name
    end = (max_letters - 1) // 3
    return f"{''.join(letters[: max_letters - 1 - end]).strip()}…{''.join(letters[-end:]).strip()}"


def _without_excess(name: str) -> str:
    visible = unicodedata.normalize("NFC", _REPEATED.sub("", _INVISIBLE.sub("", name)))
    letters = list(_letters_of(visible))
    while letters and letters[0].startswith(" "):
        del letters[0]
    return unicodedata.normalize("NFC", _URL_SCHEME.sub("", "".join(letters))).strip()


def _letters_of(text: str) -> Iterator[str]:
    """What readers see as letters, each with few marks; any space as an ordinary one. All else is left out."""
    kinds = "".join(map(_kind_of, text))
    for found in _LETTER.finditer(kinds):
        start, end = found.span()
        spaces = len(found[0]) - len(found[0].lstrip("WN"))
        yield " " * bool(spaces) + "".join(_few_marks(text[start + spaces : end]))


def _kind_of(character: str) -> str:
    for kind, pattern in _SPECIAL_KINDS:
        if pattern.match(character):
            return kind
    category = unicodedata.category(character)
    if category[0] == "M" and unicodedata.combining(character) == _VIRAMA:
        return "H"
    if category[0] == "L" and unicodedata.bidirectional(character) in {"R", "AL"}:
        return "L"  # Adlam has case, and joins its letters
    return _KIND_OF_CATEGORY.get(category, "O")


def _few_marks(letter: str) -> Iterator[str]:
    """The characters of a letter without marks that repeat or pile up, and selectors that select nothing."""
    row: list[str] = []
    for character in letter:
        if _is_idle_selector(character, letter[0]):
            continue
        if unicodedata.category(character) in {"Mn", "Me"}:
            if not _has_room_for(character, row):
                continue
            row.append(character)
        elif character not in _JOINERS:
            row.clear()
        yield character


def _is_idle_selector(character: str, base: str) -> bool:
    """Whether it is a variation selector of a letter that has no variants: no script with case has any."""
    return bool(_SELECTOR.match(character)) and unicodedata.category(base) in _CASED and base != _INFORMATION


def _has_room_for(mark: str, row: list[str]) -> bool:
    place = unicodedata.combining(mark)
    in_same_place = [other for other in row if place and unicodedata.combining(other) == place]
    return mark not in row and len(row) < MAX_MARKS_IN_A_ROW and len(in_same_place) < MAX_MARKS_IN_ONE_PLACE
