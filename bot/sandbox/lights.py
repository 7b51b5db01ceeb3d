"""The three lights on top of the page: what runs, in a word and a colour."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Green and round, amber and square, red with three corners."""

    OK = "ok"
    BUSY = "busy"
    BAD = "bad"


@dataclass(frozen=True, kw_only=True, slots=True)
class Light:
    """One light and the words beside it."""

    state: State
    words: str
