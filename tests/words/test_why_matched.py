"""The line that says why two members were matched."""

import itertools

import msgspec
import pytest

from bot.domain.agreement import EXTRA_REASONS, Agreement, Wish
from bot.domain.ticket import Camera, Style
from bot.words import words_for
from bot.words.why_matched import why_matched

STRETCHED = "Not a perfect match: your choices of"


def terms(**changes: object) -> Agreement:
    """An agreement on maths for 50 minutes, with changes."""
    plain = Agreement(subject="maths", length=50, language="en", style=Style.ANY, camera=Camera.ANY)
    return msgspec.convert(msgspec.to_builtins(plain) | changes, Agreement)


@pytest.mark.parametrize(
    ("agreement", "line"),
    [
        (
            terms(style="quiet", why=("subject", "style", "length")),
            "You both want to study maths quietly for 50 minutes.",
        ),
        (terms(style="talk", why=("subject", "style", "length")), "You both want to talk about maths for 50 minutes."),
        (terms(why=("subject", "length")), "You both want to study maths for 50 minutes."),
        (
            terms(style="quiet", why=("subject", "style")),
            "You're both studying maths, and you both like it quiet. You have 50 minutes.",
        ),
        (
            terms(style="talk", why=("subject", "style")),
            "You're both studying maths, and you'd both like to talk. You have 50 minutes.",
        ),
        (terms(why=("subject",)), "You're both studying maths. You have 50 minutes."),
        (terms(style="quiet", why=("subject",)), "You're both studying maths. You have 50 minutes."),
        (
            terms(why=("subject_group",), other_subject="physics"),
            "You're studying related subjects: maths and physics. You have 50 minutes.",
        ),
        (
            terms(style="quiet", why=("subject_group", "style"), other_subject="physics"),
            "You're studying related subjects, maths and physics, and you both like it quiet. You have 50 minutes.",
        ),
        (
            terms(other_subject="art", stretched=("subject",)),
            "One of you is studying maths, the other art. You have 50 minutes.",
        ),
        (
            terms(other_subject="art", stretched=("subject", "style", "level")),
            f"One of you is studying maths, the other art. You have 50 minutes. {STRETCHED} style and level differ.",
        ),
        (
            terms(style="talk", why=("subject", "style", "length"), stretched=("level", "camera")),
            f"You both want to talk about maths for 50 minutes. {STRETCHED} level and camera setting differ.",
        ),
        (terms(), "The subject is maths, and you have 50 minutes."),
        (
            terms(style="talk", why=("style",)),
            "You'd both like to talk. The subject is maths, and you have 50 minutes.",
        ),
        (terms(subject="any"), "You're both open to any subject. You have 50 minutes."),
        (
            terms(why=("subject", "level")),
            "You're both studying maths. You have 50 minutes. You're at about the same level.",
        ),
        (
            terms(why=("subject", "level", "favourite")),
            "You're both studying maths. You have 50 minutes. You've studied together before.",
        ),
    ],
)
def test_the_line_names_what_the_two_agree_on(agreement: Agreement, line: str) -> None:
    """Subject, style and length in one sentence, at most one more reason, and the wishes in which they differ."""
    assert why_matched(agreement, words_for()) == line


def test_every_combination_has_a_line() -> None:
    """Each has a line. It says that both want the length only if both named it, and where they differ, but once."""
    for both, style, subject, other, stretched, named in itertools.product(
        ("subject", "subject_group", None),
        ("quiet", "talk", "any"),
        ("maths", "any"),
        ("art", None),
        ((), ("subject",), ("subject", "style", "level", "camera")),
        ("length", None),
    ):
        codes = tuple(code for code in (both, "style" if style != "any" else None, named) if code)
        agreement = terms(subject=subject, style=style, why=codes, other_subject=other, stretched=stretched)
        line = why_matched(agreement, words_for())
        assert "50 minutes" in line, agreement
        assert named or "You both want" not in line, agreement
        differences = line.partition(STRETCHED)[2]
        expected = set(stretched) - ({"subject"} if other else set())
        assert {wish for wish in stretched if wish in differences} == expected, agreement


def test_every_reason_and_every_wish_has_its_text() -> None:
    """A reason or a wish that is added later cannot be forgotten here: a match would fail when it is announced."""
    words = words_for()
    assert [code for code in EXTRA_REASONS if f"why.{code}" not in words] == []
    assert [code for code in Wish if f"why.wish.{code}" not in words] == []
