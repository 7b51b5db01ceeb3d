"""Display names that are meant to do harm, and names that are only unusual."""

import pytest

from bot.domain.display_name import MAX_NAME_LETTERS, clean_display_name

FALLBACK = "A student"


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
        ("\u3164\u115f\u2800", FALLBACK),
        ("\u200b\u200b", FALLBACK),
        ("", FALLBACK),
        ("   ", FALLBACK),
        ("\x00\x07bell", "bell"),
        ("https://evil.example/x", "evil.example/x"),
        ("discord://join", "join"),
        ("javascript://%0aalert(1)", "%0aalert(1)"),
        ("Z" + "\u0301" * 60, "Ź\u0301\u0301"),
        ("x" * 100, "x" * MAX_NAME_LETTERS),
        ("😀 Noor", "😀 Noor"),
    ],
)
def test_a_name_becomes_one_visible_line(name: str, shown: str) -> None:
    """Invisible letters, direction overrides, URL schemes and stacked marks go; at most 32 letters stay."""
    assert clean_display_name(name, fallback=FALLBACK) == shown


def test_cleaning_twice_changes_nothing_more() -> None:
    """A cleaned name may be cleaned again."""
    once = clean_display_name("\u202e ht\u200btps://x  y", fallback=FALLBACK)
    assert clean_display_name(once, fallback=FALLBACK) == once
