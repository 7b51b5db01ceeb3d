"""Comparing and cutting what people type."""

import pytest

from bot.domain.typed_text import accentless, bare, caseless, has_separator, items_of, one_line

SPELLINGS = [
    (caseless, "Physics", ["physics", " PHYSICS ", "Ｐｈｙｓｉｃｓ", "phy\u200bsics", "\ufeffPhysics"]),
    (caseless, "Anna", ["An\u034fna", "An\ufe0fna"]),
    (caseless, "Computer science", ["computer   science", "computer\u00a0science", "Computer\tScience"]),
    (caseless, "Économie", ["E\u0301conomie", "éCONOMIE"]),
    (caseless, "Straße", ["STRASSE", "strasse"]),
    (caseless, "ガ", ["ｶﾞ"]),
    (accentless, "Économie", ["economie", "ECONOMIE", "êconomìe"]),
    (accentless, "İstanbul", ["istanbul", "ISTANBUL", "ıstanbul"]),
    (accentless, "Økologi", ["okologi"]),
    (accentless, "Łacina", ["lacina"]),
    (bare, "Physics", ["physics.", "“Physics”", "'physics'", "«Physics»", "#physics", "physics!", "(physics)"]),
    (bare, "Computer science", ["computer-science", "Computer_Science", "computer/science", "computer. science"]),
    (bare, "L'histoire", ["l’histoire", "lhistoire"]),
    (bare, "🎨 Art", ["art"]),
    (bare, ".NET", ["net"]),
]


@pytest.mark.parametrize(("spelling", "name", "typed"), [(*each[:2], typed) for each in SPELLINGS for typed in each[2]])
def test_spellings_of_one_name_are_equal(spelling: object, name: str, typed: str) -> None:
    """Case, width, normal form, blanks and what is invisible; then accents; then signs around and between the words."""
    assert callable(spelling)
    assert spelling(typed) == spelling(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [("C", "C++"), ("C", "C#"), ("C++", "C#"), ("हिन्दी", "हनद"), ("กา", "กี"), ("كتاب", "كتب"), ("Maths 1", "Maths 2")],
)
def test_different_names_stay_different(one: str, other: str) -> None:
    """Also in the loosest comparison: marks of other scripts are letters, and plus and hash are parts of names."""
    assert bare(one) != bare(other)


@pytest.mark.parametrize(
    "text",
    [
        "Maths, Physics", "Maths，Physics", "Maths、Physics", "Maths､Physics", "Maths; Physics", "Maths；Physics",
        "Maths؛ Physics", "Maths، Physics", "Maths\tPhysics", "Maths | Physics", "Maths｜Physics",
        "Maths · Physics",
        "Maths·Physics", "Maths・Physics", "Maths • Physics", "Maths\nPhysics", "Maths\r\nPhysics",
        "Maths\u2028Physics",
        "Maths\u0085Physics", "Maths\vPhysics", "Maths\u3000Physics", "Maths፣Physics",
        "Maths᠂Physics", "Maths ● Physics",
        ", Maths,, Physics ,", "Maths,\u200bPhysics",
    ],
)  # fmt: skip
def test_lists_are_cut_at_the_separators_of_all_scripts(text: str) -> None:
    """Commas, semicolons, bars, bullets, tabs, wide spaces and ends of lines; nothing empty is left."""
    assert items_of(text) == ["Maths", "Physics"]
    assert has_separator(text)


@pytest.mark.parametrize(
    "name",
    ["TCP/IP", "Maths & Physics", "Computer science", "C: an introduction", "Intel·ligència",
     "レオナルド・ダ・ヴィンチ",
     "Vector-valued functions", "Node.js", "Dr. No", "R&D", "Bahasa Indonesia", "می‌خواهم", "ပထဝီဝင်",
     "Physics (GCSE, AS)", "数学（一、二）"],
)  # fmt: skip
def test_signs_that_are_parts_of_names_cut_nothing(name: str) -> None:
    """Slashes, hyphens, full stops, colons, and the middle dots of Catalan and Japanese."""
    assert items_of(name) == [name]
    assert not has_separator(name)


def test_a_name_is_kept_on_one_line_in_the_usual_normal_form() -> None:
    """Joiners and the tags of flags inside it stay; only what is invisible around it goes."""
    assert one_line("\ufeff  E\u0301conomie \n générale\u200b") == "Économie générale"
    assert one_line("🏴󠁧󠁢󠁷󠁬󠁳󠁿") == "🏴󠁧󠁢󠁷󠁬󠁳󠁿"
