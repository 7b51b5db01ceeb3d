"""Why these two: one line from what two tickets agree on, for the message and for the page."""

from collections.abc import Sequence
from typing import Protocol

from bot.words import Words

ANY = "any"
LEVELS = ("beginner", "intermediate", "advanced")


class Agreed(Protocol):
    """What two tickets agree on; `length` in minutes, `why` the codes of what speaks for the pair.

    `other_subject` is there where both want one and not the same; `stretched` are the wishes in which they differ.
    """

    @property
    def subject(self) -> str: ...
    @property
    def length(self) -> int: ...
    @property
    def style(self) -> str: ...
    @property
    def why(self) -> Sequence[str]: ...
    @property
    def other_subject(self) -> str | None: ...
    @property
    def stretched(self) -> Sequence[str]: ...


def why(agreed: Agreed, words: Words) -> str:
    """The line: subject, style and length, what else speaks for it, and which wishes had to be stretched."""
    first = words(_first(agreed), subject=agreed.subject, other=agreed.other_subject, length=agreed.length)
    more = [words(f"why.{code}") for code in ("favourite", "level") if code in agreed.why]
    return " ".join((first, *more[:1], *_stretched(agreed, words)))


def _first(agreed: Agreed) -> str:
    style = agreed.style if "style" in agreed.why and agreed.style != ANY else ANY
    if agreed.subject == ANY:
        return f"why.any_subject.{style}"
    told = [code for code in ("subject", "subject_group") if code in agreed.why]
    otherwise = "two_subjects" if agreed.other_subject else "one_subject"
    return f"why.{(*told, otherwise)[0]}.{style}"


def _stretched(agreed: Agreed, words: Words) -> Sequence[str]:
    if not agreed.stretched:
        return ()
    *most, last = (words(f"why.wish.{code}") for code in agreed.stretched)
    both = words("why.and", most=", ".join(most), last=last) if most else last
    return (words("why.stretched", wishes=both),)
