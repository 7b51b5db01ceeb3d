"""What two tickets agree on, and the reasons for matching them."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.ticket import ANY, PREFERRED_LENGTH, Camera, Level, Style, Ticket, Wishes


class Why(StrEnum):
    """A reason for matching two tickets, most important first."""

    SUBJECT = "subject"
    SUBJECT_GROUP = "subject_group"
    STYLE = "style"
    LEVEL = "level"
    CAMERA = "camera"
    LENGTH = "length"
    FAVOURITE = "favourite"


EXTRA_REASONS = (Why.FAVOURITE, Why.LEVEL)
"""Reasons with a sentence of their own; members are told the first that applies."""


class Wish(StrEnum):
    """A wish in which two members may differ and still be matched."""

    SUBJECT = "subject"
    STYLE = "style"
    LEVEL = "level"
    CAMERA = "camera"


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreement:
    """The terms of a match.

    `length` is in minutes, `language` a code, `why` in display order. `other_subject` is the later ticket's
    subject if both named one and they differ. `stretched` are the wishes in which the two differ.

    A field that is added later needs a default: rows written before it existed are still read.
    """

    subject: str
    other_subject: str | None = None
    length: int
    language: str
    style: Style
    camera: Camera
    level: Level | None = None
    why: tuple[Why, ...] = ()
    stretched: tuple[Wish, ...] = ()


def agree(a: Ticket, b: Ticket, *, favourites: AbstractSet[tuple[int, int]] = frozenset()) -> Agreement:
    """The terms of a match of two tickets that may meet; `a` has waited longer.

    The language is the first of `a`'s that both speak. `favourites` are directed pairs of member ids.
    """
    mine, theirs = a.wishes, b.wishes
    return Agreement(
        subject=theirs.subject if mine.subject == ANY else mine.subject,
        other_subject=theirs.subject if _differ(mine.subject, theirs.subject) else None,
        length=_length(mine, theirs),
        language=next(language for language in mine.languages if language in theirs.languages),
        style=Style(_common(mine.style, theirs.style)),
        camera=Camera(_common(mine.camera, theirs.camera)),
        level=mine.level if mine.level == theirs.level else None,
        why=_why(a, b, favourites),
        stretched=_stretched(mine, theirs),
    )


def _length(mine: Wishes, theirs: Wishes) -> int:
    """The longest common one if both named lengths; otherwise the preferred one, or the shortest common one."""
    common = set(mine.lengths) & set(theirs.lengths)
    if _both_named_lengths(mine, theirs):
        return max(common)
    return PREFERRED_LENGTH if PREFERRED_LENGTH in common else min(common)


def _both_named_lengths(mine: Wishes, theirs: Wishes) -> bool:
    return not (mine.any_length or theirs.any_length)


def _common(mine: str, theirs: str) -> str:
    if mine in {ANY, theirs}:
        return theirs
    return mine if theirs == ANY else ANY


def _why(a: Ticket, b: Ticket, favourites: AbstractSet[tuple[int, int]]) -> tuple[Why, ...]:
    mine, theirs = a.wishes, b.wishes
    found = {
        Why.SUBJECT: mine.subject == theirs.subject != ANY,
        Why.SUBJECT_GROUP: mine.subject != theirs.subject and mine.subject_group == theirs.subject_group != ANY,
        Why.STYLE: mine.style == theirs.style != Style.ANY,
        Why.LEVEL: mine.level is not None and mine.level == theirs.level,
        Why.CAMERA: mine.camera == theirs.camera != Camera.ANY,
        Why.LENGTH: _both_named_lengths(mine, theirs),
        Why.FAVOURITE: {(a.member_id, b.member_id), (b.member_id, a.member_id)} <= favourites,
    }
    return tuple(why for why, holds in found.items() if holds)


def _stretched(mine: Wishes, theirs: Wishes) -> tuple[Wish, ...]:
    close = mine.subject_group == theirs.subject_group != ANY
    found = {
        Wish.SUBJECT: _differ(mine.subject, theirs.subject) and not close,
        Wish.STYLE: _differ(mine.style, theirs.style),
        Wish.LEVEL: None not in {mine.level, theirs.level} and mine.level != theirs.level,
        Wish.CAMERA: _differ(mine.camera, theirs.camera),
    }
    return tuple(wish for wish, differs in found.items() if differs)


def _differ(mine: str, theirs: str) -> bool:
    return mine != theirs and ANY not in {mine, theirs}
