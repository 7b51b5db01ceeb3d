"""Finding the catalogue of a locale, and the languages that there are."""

import pytest

from bot.words import UnknownWord, Words, catalogue_languages, language_names, language_of, words_for
from tests.added_language import MARK, NAME


def test_placeholders_are_filled() -> None:
    """Values replace the names in braces; values that a text does not use are ignored."""
    words = Words(language="en", texts={"greeting": "Hello {name}."})
    assert words("greeting", name="Noor", age=20) == "Hello Noor."


def test_an_unknown_key_raises() -> None:
    """A text that does not exist is a mistake in the code."""
    with pytest.raises(UnknownWord):
        words_for()("chat.nothing.here")


@pytest.mark.parametrize("locale", ["en", "en-GB", "fr", "zh-CN", ""])
def test_a_locale_without_a_catalogue_gets_the_default_one(locale: str) -> None:
    """English is what everybody else reads."""
    assert words_for(locale).language == "en"


def test_one_file_adds_a_language(added_language: str) -> None:
    """Its catalogue, its code and its own name are found by the file alone."""
    assert added_language in catalogue_languages()
    assert language_names()[added_language] == NAME
    assert words_for(added_language)("chat.waiting.title").startswith(MARK)


@pytest.mark.parametrize(("locale", "language"), [("hu", "hu"), ("hu-HU", "hu"), ("en-US", "en"), ("sv-SE", None)])
def test_a_locale_is_served_by_its_language(added_language: str, locale: str, language: str | None) -> None:
    """A region is served by the catalogue of the language."""
    assert language_of(locale) == language


@pytest.mark.parametrize(
    ("locale", "language"),
    [("zh-Hant-TW", "zh-Hant"), ("zh-Hans", "zh"), ("ZH", "zh"), ("PT-br", "pt-BR"), ("pt", None), ("-", None)],
)
def test_a_locale_is_served_by_the_longest_code_that_fits(locale: str, language: str | None) -> None:
    """Case does not matter, and a language without its region is not served by one of its regions."""
    assert language_of(locale, ("zh", "zh-Hant", "pt-BR")) == language


def test_languages_name_themselves() -> None:
    """Members may speak more languages than there are catalogues."""
    names = language_names()
    assert (names["en"], names["de"], names["ja"]) == ("English", "Deutsch", "日本語")
