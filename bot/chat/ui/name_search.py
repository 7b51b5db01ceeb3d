"""Finds the names in a list that a typed text means, or comes near to. Pure, for any kind of name."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from enum import IntEnum
from itertools import takewhile
from operator import eq

from bot.domain.typed_text import accentless, bare, caseless

LETTERS_OF_BEGINNING = 3
"""From so many letters on, or from half a name on, a beginning is taken for what begins so."""
LETTERS_IN_COMMON = 4
"""Names with so many first letters in common are near to each other: "Mathematics" and "Maths"."""
CLOSE_ENOUGH = 0.7  # of difflib's ratio: "Pyhsics" and "Physics" have 0.86, "Geology" and "Biology" 0.71
MOST_OFFERED = 3
MOST_LETTERS = 100
"""So many of the typed letters are looked at; no name is as long."""


class Fit(IntEnum):
    """How a typed text stands in a name, best first."""

    SAME = 0
    BEGINNING = 1
    BEGINNING_OF_WORD = 2
    ABBREVIATION = 3
    PART = 4


def find_names(typed: str, names: Sequence[str]) -> Sequence[str]:
    """The names that `typed` stands for: one if it is clear, several if it may mean each of them, or none.

    Spelled like the name, then without regard to accents, then to full stops and quotes, else its beginning. That may
    mean each name that begins so: "c" is no choice between C++ and C#, however short they are.
    """
    if len(typed) > MOST_LETTERS:
        return []
    for spelling in (caseless, accentless, bare):
        wanted = spelling(typed)
        found = [name for name in names if wanted and spelling(name) == wanted]
        if found:
            return found
    beginning = bare(typed)
    begun = [name for name in names if beginning and bare(name).startswith(beginning)]
    return begun if any(_is_telling(beginning, bare(name)) for name in begun) else []


def matching_names(typed: str, names: Sequence[str]) -> Sequence[str]:
    """The names to show while somebody types, nearest first: all if nothing is typed, then similar ones."""
    wanted = _wanted(typed)
    return _with_similar_names(wanted, _fitting_names(wanted, names), names) if wanted else names


def nearest_names(typed: str, names: Sequence[str]) -> Sequence[str]:
    """The few names that `typed` may have meant, nearest first."""
    wanted = _wanted(typed)
    is_telling = len(wanted) >= LETTERS_OF_BEGINNING
    fitting = [each for each in _fitting_names(wanted, names) if is_telling or each[0] < Fit.PART]
    return _with_similar_names(wanted, fitting, names)[:MOST_OFFERED]


def _wanted(typed: str) -> str:
    return bare(typed[:MOST_LETTERS])


def _fitting_names(wanted: str, names: Sequence[str]) -> list[tuple[Fit, str]]:
    """The names in which `wanted` stands, in the order of the list where they fit equally well."""
    fitting = ((_fit(wanted, bare(name)), name) for name in names if wanted)
    return sorted(((fit, name) for fit, name in fitting if fit is not None), key=lambda each: each[0])


def _fit(wanted: str, name: str) -> Fit | None:
    found = {
        Fit.SAME: name == wanted,
        Fit.BEGINNING: name.startswith(wanted),
        Fit.BEGINNING_OF_WORD: f" {wanted}" in name,
        Fit.ABBREVIATION: _abbreviates(wanted.replace(" ", ""), name.split()),
        Fit.PART: wanted in name,
    }
    return next((fit for fit, holds in found.items() if holds), None)


def _similar_names(wanted: str, names: Sequence[str]) -> list[str]:
    """The names that are spelled nearly as `wanted`, the most similar first."""
    rated = ((_similarity(wanted, bare(name)), name) for name in names if wanted)
    similar = [(similarity, name) for similarity, name in rated if similarity >= CLOSE_ENOUGH]
    return [name for _, name in sorted(similar, key=lambda each: -each[0])]


def _with_similar_names(wanted: str, fitting: Sequence[tuple[Fit, str]], names: Sequence[str]) -> list[str]:
    """The fitting names; then similar ones if none begins so: "maths" is in "Exam: Maths", and near "Mathematics"."""
    found = [name for _, name in fitting]
    begins = any(fit <= Fit.BEGINNING for fit, _ in fitting)
    return found if begins else list(dict.fromkeys([*found, *_similar_names(wanted, names)]))


def _is_telling(beginning: str, name: str) -> bool:
    return len(beginning) >= LETTERS_OF_BEGINNING or 2 * len(beginning) >= len(name)


def _abbreviates(letters: str, words: Sequence[str]) -> bool:
    """Whether `letters` are beginnings of all the words, in this order: "cs" and "compsci" of "computer science"."""
    ends = {0}  # of what the words so far may account for
    for word in words:
        ends = {end + taken for end in ends for taken in range(1, 1 + _shared_beginning(letters[end:], word))}
    return len(words) > 1 and len(letters) in ends


def _shared_beginning(one: str, other: str) -> int:
    return sum(takewhile(bool, map(eq, one, other)))


def _similarity(wanted: str, name: str) -> float:
    """How alike the two are, from 0 to 1, also if `wanted` is like one word of the name; 1 if they begin alike."""
    candidates = {name, *name.split()}
    if any(_begin_alike(wanted, each) for each in candidates):
        return 1.0
    return max((SequenceMatcher(None, wanted, each).ratio() for each in candidates), default=0.0)


def _begin_alike(one: str, other: str) -> bool:
    shared = min(LETTERS_IN_COMMON, len(other))
    return shared > 1 and one[:shared] == other[:shared]
