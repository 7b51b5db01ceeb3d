"""The status of the bot, the web part or the video server, as the page's top bar shows it."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """The page shows a green circle, an amber square or a red triangle."""

    OK = "ok"
    BUSY = "busy"
    BAD = "bad"


@dataclass(frozen=True, kw_only=True, slots=True)
class PartStatus:
    """A state and the text beside it."""

    state: State
    text: str
