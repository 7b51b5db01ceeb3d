"""Names and descriptions of commands in other languages than the default one."""

from typing import Any

import discord
import pytest
from discord.app_commands import TranslationContext, TranslationContextLocation, locale_str

from bot.chat.commands.translations import CatalogueTranslator, translated, translated_choices, translated_options
from tests.added_language import MARK
from tests.chat.chat_harness import ChatHarness

CONTEXT: Any = TranslationContext(location=TranslationContextLocation.other, data=None)


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        (discord.Locale.hungarian, f"{MARK}now"),
        (discord.Locale.french, None),
        (discord.Locale.british_english, None),
        (discord.Locale.american_english, None),
    ],
)
async def test_only_languages_with_a_catalogue_are_translated(
    added_language: str, locale: discord.Locale, text: str | None
) -> None:
    """Discord shows the default text for all others."""
    assert await CatalogueTranslator().translate(translated("commands.now.name"), locale, CONTEXT) == text


async def test_a_text_that_is_not_from_the_catalogue_is_not_translated(added_language: str) -> None:
    """A string without a key is left alone."""
    assert await CatalogueTranslator().translate(locale_str("plain"), discord.Locale.hungarian, CONTEXT) is None


async def test_commands_are_synced_in_an_added_language(added_language: str, harness: ChatHarness) -> None:
    """One catalogue translates the names, descriptions, options and choices of all commands."""
    [now] = [command for command in harness.synced_commands("study") if command["name"] == "now"]
    [style] = [option for option in now["options"] if option["name"] == "style"]
    assert now["name_localizations"] == {added_language: f"{MARK}now"}
    assert style["description_localizations"][added_language].startswith(MARK)
    assert style["choices"][0]["name_localizations"] == {added_language: f"{MARK}Quiet"}


def test_numbers_in_descriptions_come_from_the_code() -> None:
    """The lengths and the limits of the wait are those that are checked."""
    assert (
        str(translated("options.length.describe"))
        == "How long, in minutes: 25, 50, 75 or any. For several, write 25,50."
    )
    assert str(translated("options.wait.describe")) == "How long to look this time, in minutes (1 to 60)."


def test_choices_keep_their_order() -> None:
    """Each has its code as value and its text as name."""
    choices = translated_choices("camera", ["off", "on"])
    assert [(str(choice.name), choice.value) for choice in choices] == [("Off", "off"), ("On", "on")]


def test_an_option_without_a_text_is_a_mistake() -> None:
    """Every parameter of a command needs its name and description in the catalogue."""

    async def command(group: object, interaction: object, colour: str) -> None: ...

    with pytest.raises(KeyError, match="colour"):
        translated_options(command)
