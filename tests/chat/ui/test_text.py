"""Text as Discord displays it."""

import pytest

from bot.chat.ui.text import any_of, displayed_values, escape_markdown, listed
from bot.words import words_for


@pytest.mark.parametrize(
    ("text", "escaped"),
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
def test_markup_is_escaped(text: str, escaped: str) -> None:
    """Markup, mentions and links in a text are shown as they were written."""
    assert escape_markdown(text) == escaped


@pytest.mark.parametrize(("items", "text"), [(["a"], "a"), (["a", "b"], "a or b"), (["a", "b", "c"], "a, b or c")])
def test_a_list_reads_as_alternatives(items: list[str], text: str) -> None:
    """Commas, and "or" before the last item."""
    assert any_of(words_for(), items) == text


def test_a_list_keeps_its_order_whatever_the_direction_of_its_items() -> None:
    """Two right-to-left items in a row would otherwise be shown in reverse."""
    assert listed(["דנה", "English", "مريم"]) == "\u2068דנה\u2069, English, \u2068مريم\u2069"


def test_values_are_displayed_by_their_kind() -> None:
    """Members and roles are mentioned, lists become alternatives, and everything else is escaped."""
    values = {"member": "Mara", "role": 2, "possible": ["*a*", "b"], "asked": "**x**", "count": 3}
    assert displayed_values(words_for(), values) == {
        "member": "Mara",
        "role": "<@&2>",
        "possible": r"\*a\* or b",
        "asked": r"\*\*x\*\*",
        "count": "3",
    }
