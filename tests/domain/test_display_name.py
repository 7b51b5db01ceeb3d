"""Display names of people who mean harm, and of people whose names are merely unusual."""

import pytest

from bot.domain.display_name import LONGEST, clean, escaped

NOBODY = "A student"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Mara", "Mara"),
        ("  Mara   Maria ", "Mara Maria"),
        ("Mary-Jane O'Neill", "Mary-Jane O'Neill"),
        ("Zoë", "Zoë"),
        ("Nguyễn Thị Ánh", "Nguyễn Thị Ánh"),
        ("हिन्दी", "हिन्दी"),
        ("שָׁלוֹם", "שָׁלוֹם"),
        ("line\nbreak\ttab", "line break tab"),
        ("\u202egnp.exe", "gnp.exe"),
        ("\u2066hidden\u2069", "hidden"),
        ("a\u200bb\u200cc\u2060d\ufeff", "abcd"),
        ("\u3164\u115f\u2800", NOBODY),
        ("\u200b\u200b", NOBODY),
        ("", NOBODY),
        ("   ", NOBODY),
        ("\x00\x07bell", "bell"),
        ("https://evil.example/x", "evil.example/x"),
        ("discord://join", "join"),
        ("javascript://%0aalert(1)", "%0aalert(1)"),
        ("Z" + "\u0301" * 60, "Ź\u0301\u0301"),
        ("x" * 100, "x" * LONGEST),
        ("😀 Noor", "😀 Noor"),
    ],
)
def test_a_name_becomes_one_visible_line(name: str, shown: str) -> None:
    """Nothing invisible, nothing that turns the direction, no address, no tower of marks, at most 32 letters."""
    assert clean(name, otherwise=NOBODY) == shown


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("Mara", "Mara"),
        ("**bold**", r"\*\*bold\*\*"),
        ("@everyone", r"\@everyone"),
        ("<@123>", r"\<\@123\>"),
        ("[free](x)", r"\[free\](x)"),
        ("`code`", r"\`code\`"),
        ("||spoiler||", r"\|\|spoiler\|\|"),
        ("a_b_c", r"a\_b\_c"),
        (r"back\slash", r"back\\slash"),
        ("C++ & C#", "C++ & C#"),
        ("# Heading", r"\# Heading"),
        ("-# small", r"\-# small"),
        ("- item", r"\- item"),
        ("see https://x.example", r"see https\://x.example"),
    ],
)
def test_markup_is_drawn_as_it_is_written(text: str, drawn: str) -> None:
    """No markup, no mention and no link come out of a name."""
    assert escaped(text) == drawn


def test_cleaning_twice_changes_nothing_more() -> None:
    """A stored name may be cleaned again."""
    once = clean("\u202e ht\u200btps://x  y", otherwise=NOBODY)
    assert clean(once, otherwise=NOBODY) == once
