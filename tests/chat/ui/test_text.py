"""Text as Discord displays it."""

import pytest

from bot.chat.ui.text import any_of, displayed_values, escape_markdown, fitting_items, listed, quoted_input
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
        ("1. Semester", r"1\. Semester"),
        ("Python 3.12", "Python 3.12"),
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


@pytest.mark.parametrize(
    ("typed", "quoted"),
    [
        ("x" * 40, "x" * 40),
        ("x" * 41, f"{'x' * 26}…{'x' * 13}"),
        ("A very long course name that universities give, number 7", "A very long course name th…ive, number 7"),
        (" Ma\u202eths ", "Maths"),
        ("", ""),
    ],
)
def test_a_quote_shows_that_something_is_left_out(typed: str, quoted: str) -> None:
    """In the middle, so that texts with the same beginning can be told apart."""
    assert quoted_input(typed) == quoted


def test_as_many_items_fit_as_are_shown_in_so_many_letters() -> None:
    """With their separators, and with what keeps their direction."""
    for items in (["ab"] * 9, ["דנ"] * 9):
        fitting = fitting_items(items, 24, " · ")
        assert len(listed(fitting, " · ")) <= 24 < len(listed([*fitting, *items[:2]], " · "))
