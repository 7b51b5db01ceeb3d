"""Why these two: one line from what two tickets agree on, for the message and for the page."""

from collections.abc import Sequence
from typing import Protocol

from bot.words import Words

ANY = "any"
LEVELS = ("beginner", "intermediate", "advanced")


class Agreed(Protocol):
    """What two tickets agree on; `length` in minutes, `why` the codes of what speaks for the pair."""

    @property
    def subject(self) -> str: ...
    @property
    def length(self) -> int: ...
    @property
    def style(self) -> str: ...
    @property
    def why(self) -> Sequence[str]: ...


def why(agreed: Agreed, words: Words) -> str:
    """The line: one sentence on subject, style and length, and another where the levels or a favourite speak for it."""
    sentences = [words(_first(agreed), subject=agreed.subject, length=agreed.length)]
    sentences += [words(f"why.{code}") for code in ("favourite", "level") if code in agreed.why]
    return " ".join(sentences[:2])


def _first(agreed: Agreed) -> str:
    style = agreed.style if "style" in agreed.why and agreed.style != ANY else ANY
    if agreed.subject == ANY:
        return f"why.any_subject.{style}"
    both = "subject" if "subject" in agreed.why else "subject_group" if "subject_group" in agreed.why else "one_subject"
    return f"why.{both}.{style}"
