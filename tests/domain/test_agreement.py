"""What two tickets agree on."""

from typing import Any

import pytest

from bot.domain.agreement import Why, Wish, agree
from bot.domain.ticket import Camera, Level, Style
from tests.matching.sample_tickets import ticket


def test_the_earlier_ones_language() -> None:
    """Of the common languages the one that the earlier ticket prefers."""
    a, b = ticket(1, languages=("de", "en")), ticket(2, languages=("en", "de"), after=1)
    assert agree(a, b).language == "de"


@pytest.mark.parametrize(
    ("mine", "theirs", "length", "named"),
    [
        ((25, 50), (25, 50, 75), 50, True),
        ((25, 50, 75), (25, 50, 75), 75, True),
        ((75,), (25, 75), 75, True),
        ((25, 50, 75), "25 50 75 open", 50, False),
        ("25 50 75 open", "25 50 75 open", 50, False),
        ((75,), "25 50 75 open", 75, False),
        ((25, 75), "25 75 open", 25, False),
        ("25 75 open", "25 75 open", 25, False),
        ((25, 75), "25 50 75 open", 25, False),
        ("25 open", "25 open", 25, False),
    ],
)
def test_the_length_is_the_longest_only_if_both_named_one(mine: Any, theirs: Any, length: int, named: bool) -> None:
    """If either left it open, it is 50 minutes where that is possible, otherwise the shortest. Either way round."""
    one, other = (ticket(number, **length_wishes(of)) for number, of in ((1, mine), (2, theirs)))
    for agreed in (agree(one, other), agree(other, one)):
        assert (agreed.length, Why.LENGTH in agreed.why) == (length, named)


def length_wishes(lengths: tuple[int, ...] | str) -> dict[str, Any]:
    """The wishes of somebody who named these lengths, or left the length open among those of a text."""
    if isinstance(lengths, tuple):
        return {"lengths": lengths, "any_length": False}
    return {"lengths": tuple(map(int, lengths.split()[:-1])), "any_length": True}


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        (Style.QUIET, Style.QUIET, Style.QUIET),
        (Style.QUIET, Style.ANY, Style.QUIET),
        (Style.ANY, Style.TALK, Style.TALK),
        (Style.QUIET, Style.TALK, Style.ANY),
    ],
)
def test_style(mine: Style, theirs: Style, expected: Style) -> None:
    """If one leaves it open, the other decides; if they differ, it is left to them."""
    assert agree(ticket(1, style=mine), ticket(2, style=theirs)).style is expected


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [("any", "Art", "Art"), ("Art", "any", "Art"), ("any", "any", "any"), ("Art", "Law", "Art")],
)
def test_subject(mine: str, theirs: str, expected: str) -> None:
    """If one leaves it open, the other decides; of two subjects, the earlier ticket's comes first."""
    assert agree(ticket(1, subject=mine), ticket(2, subject=theirs, after=1)).subject == expected


def test_why_says_only_what_is_true_of_both() -> None:
    """Everything they share is named, most important first; what they leave open is not."""
    shared: dict[str, Any] = {"subject": "Art", "style": Style.QUIET, "level": Level.BEGINNER, "camera": Camera.OFF}
    a, b = (ticket(member, **shared, lengths=(25,), any_length=False) for member in (1, 2))
    assert agree(a, b).why == (Why.SUBJECT, Why.STYLE, Why.LEVEL, Why.CAMERA, Why.LENGTH)
    assert agree(ticket(1), ticket(2)).why == ()
    maths = ticket(1, subject="Maths", subject_group="Sciences")
    close = agree(maths, ticket(2, subject="Physics", subject_group="Sciences"))
    assert close.why == (Why.SUBJECT_GROUP,)


@pytest.mark.parametrize(
    ("mine", "theirs", "stretched", "other"),
    [
        ({}, {}, (), None),
        ({"subject": "Art"}, {}, (), None),
        ({"subject": "Art"}, {"subject": "Law"}, (Wish.SUBJECT,), "Law"),
        (
            {"subject": "Maths", "subject_group": "Sciences"},
            {"subject": "Physics", "subject_group": "Sciences"},
            (),
            "Physics",
        ),
        ({"style": Style.QUIET}, {"style": Style.TALK}, (Wish.STYLE,), None),
        ({"style": Style.QUIET}, {"style": Style.ANY}, (), None),
        ({"level": Level.BEGINNER}, {"level": Level.ADVANCED}, (Wish.LEVEL,), None),
        ({"level": Level.BEGINNER}, {"level": None}, (), None),
        ({"camera": Camera.ON}, {"camera": Camera.OFF}, (Wish.CAMERA,), None),
    ],
)
def test_differing_wishes_are_stretched(mine: Any, theirs: Any, stretched: tuple[Wish, ...], other: str | None) -> None:
    """A wish is stretched if both members have one and the two differ; of related subjects, both are named."""
    agreed = agree(ticket(1, **mine), ticket(2, **theirs, after=1))
    assert (agreed.stretched, agreed.other_subject) == (stretched, other)


def test_a_favourite_is_named_only_where_both_say_so() -> None:
    """A one-sided favourite is not revealed."""
    a, b = ticket(1), ticket(2)
    assert agree(a, b, favourites={(1, 2)}).why == ()
    assert agree(a, b, favourites={(1, 2), (2, 1)}).why == (Why.FAVOURITE,)
