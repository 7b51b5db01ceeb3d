"""Finds the names in a list that a typed text means, or comes near to. Pure, for any kind of name."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from enum import IntEnum
from itertools import count, takewhile
from operator import eq

from bot.domain.typed_text import accentless, bare, caseless

LETTERS_OF_BEGINNING = 3
"""From so many letters on, or from half the name on, a beginning is taken for the whole name."""
LETTERS_IN_COMMON = 4
"""Names with so many first letters in common are near to each other: "Mathematics" and "Maths"."""
CLOSE_ENOUGH = 0.7  # of difflib's ratio: "Pyhsics" and "Physics" have 0.86, "Geology" and "Biology" 0.71
MOST_OFFERED = 3


class Nearness(IntEnum):
    """How a typed text comes near to a name, nearest first."""

    SAME = 0
    BEGINNING = 1
    BEGINNING_OF_WORD = 2
    ABBREVIATION = 3
    PART = 4
    SIMILAR = 5


def find_names(typed: str, names: Sequence[str]) -> Sequence[str]:
    """The names that `typed` stands for: one if it is clear, several if it may mean each of them, or none.

    Spelled like the name, then without regard to accents, then to full stops and quotes, else its beginning.
    """
    for spelling in (caseless, accentless, bare):
        wanted = spelling(typed)
        found = [name for name in names if wanted and spelling(name) == wanted]
        if found:
            return found
    return [name for name in names if _is_clear_beginning(bare(typed), bare(name))]


def matching_names(typed: str, names: Sequence[str]) -> Sequence[str]:
    """The names to show while somebody types, nearest first: all if nothing is typed, similar ones if none fits."""
    wanted = bare(typed)
    if not wanted:
        return names
    ranked = _ranked(wanted, names)
    fitting = [name for nearness, name in ranked if nearness < Nearness.SIMILAR]
    return fitting or [name for _, name in ranked]


def nearest_names(typed: str, names: Sequence[str]) -> Sequence[str]:
    """The few names that `typed` may have meant, nearest first."""
    wanted = bare(typed)
    is_telling = len(wanted) >= LETTERS_OF_BEGINNING
    ranked = _ranked(wanted, names) if wanted else []
    return [name for nearness, name in ranked if is_telling or nearness < Nearness.PART][:MOST_OFFERED]


def _ranked(wanted: str, names: Sequence[str]) -> list[tuple[Nearness, str]]:
    """The names that `wanted` comes near to; equally near ones in the order of the list, or the more similar first."""
    position = count()
    near = [
        (nearness, -_similarity(wanted, bare(name)) if nearness is Nearness.SIMILAR else 0, next(position), name)
        for name in names
        if (nearness := _nearness(wanted, bare(name))) is not None
    ]
    return [(nearness, name) for nearness, _, _, name in sorted(near)]


def _nearness(wanted: str, name: str) -> Nearness | None:
    found = {
        Nearness.SAME: name == wanted,
        Nearness.BEGINNING: name.startswith(wanted),
        Nearness.BEGINNING_OF_WORD: f" {wanted}" in f" {name}",
        Nearness.ABBREVIATION: _abbreviates(wanted.replace(" ", ""), name.split()),
        Nearness.PART: wanted in name,
        Nearness.SIMILAR: _similarity(wanted, name) >= CLOSE_ENOUGH,
    }
    return next((nearness for nearness, holds in found.items() if holds), None)


def _is_clear_beginning(typed: str, name: str) -> bool:
    is_long = len(typed) >= LETTERS_OF_BEGINNING or 2 * len(typed) >= len(name)
    return bool(typed) and is_long and name.startswith(typed)


def _abbreviates(letters: str, words: Sequence[str]) -> bool:
    """Whether `letters` are beginnings of all the words, in this order: "cs" and "compsci" of "computer science"."""
    if not words or not letters:
        return not words and not letters
    shared = sum(takewhile(bool, map(eq, letters, words[0])))
    return any(_abbreviates(letters[taken:], words[1:]) for taken in range(1, shared + 1))


def _similarity(wanted: str, name: str) -> float:
    """How alike the two are, from 0 to 1, also if `wanted` is like one word of the name; 1 if they begin alike."""
    candidates = {name, *name.split()}
    if any(_begin_alike(wanted, each) for each in candidates):
        return 1.0
    return max((SequenceMatcher(None, wanted, each).ratio() for each in candidates), default=0.0)


def _begin_alike(one: str, other: str) -> bool:
    shared = min(LETTERS_IN_COMMON, len(other))
    return shared > 1 and one[:shared] == other[:shared]
