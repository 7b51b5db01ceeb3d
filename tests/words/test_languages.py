"""Reading languages as people write them."""

import discord
import pytest

from bot.domain.typed_text import bare, items_of
from bot.words import language_names
from bot.words.languages import _ABROAD, NAMES, find_language, read_languages, spoken_language

OWN_NAMES = language_names()
LOCALES = [locale.value for locale in discord.Locale]
TYPED = {
    "en": ["en", "EN", "eng", "English", "english.", "“English”", "Ｅｎｇｌｉｓｈ", "English (UK)",
           "English (United States)",
           "British English", "US English", "UK English", "US-English", "en-GB", "en_GB",
           "en-US.UTF-8", "English - UK",
           "Englisch", "inglés", "英語", "the English language", "English / "],
    "pt": ["pt", "pt-BR", "Português", "portugues", "português do Brasil", "Português (Brasil)",
           "Brazilian Portuguese",
           "European Portuguese", "Portuguese, Brazil", "PORTUGUÊS", "Portugue\u0302s"],
    "es": ["es-419", "es_MX", "Español", "castellano", "español de México",
           "Latin American Spanish", "Spanish (Spain)",
           "Spanish, Latin America"],
    "zh": ["zh", "zh-CN", "zh-TW", "zh-Hans", "zh_Hant_TW", "Chinese", "Mandarin", "Chinese (Simplified)", "中文",
           "中文（简体）", "简体中文", "繁體中文", "Simplified Chinese", "Mandarin Chinese", "cmn"],
    "no": ["no", "nb", "nn", "nb-NO", "nn_NO", "no-NO", "Norsk", "norsk bokmål",
           "Norwegian Bokmål", "Bokmål", "nynorsk",
           "Norwegian"],
    "ro": ["ro", "ro-RO", "Română", "romana", "Romanian"],
    "ja": ["Japanisch", "japonais", "japonés", "japonês", "giapponese"],
    "de": ["allemand", "alemán", "alemão", "tedesco", "немецкий",
           "de-AT", "de_CH", "German (Austria)", "Deutsch (Schweiz)", "österreichisches Deutsch",
           "Swiss High German"],
    "fr": ["Französisch", "francés", "francês", "francese",
           "français canadien", "francais (Canada)", "Canadian French", "fr-CH"],
    "he": ["he", "iw", "עברית", "Hebrew"],
    "id": ["id", "Bahasa Indonesia", "Indonesian"],
    "fil": ["fil", "tl", "Tagalog"],
    "hi": ["हिन्दी", "Hindi"],
    "uk": ["uk", "Ukrainian", "українська"],
    "uz": ["Oʻzbekcha", "O'zbekcha", "o‘zbek"],
}  # fmt: skip


def test_the_language_of_every_locale_of_discord_is_known() -> None:
    """By its own name; it is found by the locale, by its code, by that name, and by its other names."""
    for locale in LOCALES:
        code = spoken_language(locale)
        assert OWN_NAMES[code] not in {code, locale}
        for typed in (locale, locale.replace("-", "_"), code, OWN_NAMES[code], *NAMES[code]):
            assert read_languages(typed, OWN_NAMES) == ((code,), ()), typed


def test_languages_are_read_as_people_write_them() -> None:
    """By code or name, in English or their own, with any region or script, in any spelling."""
    read = {(code, typed): read_languages(typed, OWN_NAMES) for code, every in TYPED.items() for typed in every}
    assert {(code, typed): found for (code, typed), found in read.items() if found != ((code,), ())} == {}


def test_every_name_means_one_language() -> None:
    """No name stands for two, so that no spelling depends on the order of the tables."""
    abroad = [line.split(":") for line in _ABROAD.split("\n") if line]
    assert {code for code, _ in abroad} <= set(NAMES)
    for code, listed in abroad:
        for name in items_of(listed):
            assert find_language(name, OWN_NAMES) == code, name
            assert [each for each, others in abroad if bare(name) in map(bare, items_of(others))] == [code], name
    for code, names in NAMES.items():
        assert {find_language(name, OWN_NAMES) for name in (code, *names)} == {code}


@pytest.mark.parametrize(
    "typed",
    ["English, German", "English and German", "English/German", "English & German", "English、German", "en; de",
     "English\nGerman", "English or German", "English, Deutsch und English", "English (UK, US), German"],
)  # fmt: skip
def test_lists_keep_their_order(typed: str) -> None:
    """Whatever is between the languages; each counts once."""
    assert read_languages(typed, OWN_NAMES) == (("en", "de"), ())


@pytest.mark.parametrize(
    "typed", ["Klingon", "French Sign Language", "Brazil", "x", "(UK)", "e", "12", "Englishman", "Old Norse"]
)
def test_what_is_no_language_is_named(typed: str) -> None:
    """Nothing is guessed from a part of it; the others in the list are still found."""
    codes, unknown = read_languages(f"{typed}, German", OWN_NAMES)
    assert codes == ("de",)
    assert unknown == (() if typed == "(UK)" else (typed,))


def test_only_known_languages_are_found() -> None:
    """Those of one server, for example; one without a name in our table is found by its code."""
    assert read_languages("German, tlh, English", {"de": "Deutsch", "tlh": "tlh"}) == (("de", "tlh"), ("English",))


def test_a_locale_that_nobody_knows_is_its_own_language() -> None:
    """Discord may add one; its code is kept without the region."""
    assert spoken_language("tlh-KX") == "tlh"
