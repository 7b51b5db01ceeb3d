"""Names and descriptions of commands in every language: the catalogue's texts as Discord wants them."""

from discord import Locale, app_commands
from discord.app_commands import Choice, TranslationContextTypes, locale_str

from bot.words import DEFAULT_LANGUAGE, languages, load


def text(key: str) -> locale_str:
    """The catalogue's text under `chat.KEY`, to be translated when the commands are synced."""
    return locale_str(load()(f"chat.{key}"), key=f"chat.{key}")


def choices(option: str, *values: str) -> list[Choice[str]]:
    """The choices of an option, in this order."""
    return [Choice(name=text(f"choices.{option}.{value}"), value=value) for value in values]


class CatalogueTranslator(app_commands.Translator):
    """Answers from the catalogues; a language without one of its own gets none, and Discord shows the default."""

    async def translate(
        self, string: locale_str, locale: Locale, context: TranslationContextTypes
    ) -> str | None:  # the library's signature
        key = string.extras.get("key")
        code = next((code for code in (locale.value, locale.value.partition("-")[0]) if code in languages()), None)
        if key is None or code is None or code == DEFAULT_LANGUAGE:
            return None
        words = load(code)
        return words(key) if key in words else None
