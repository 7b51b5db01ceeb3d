"""Names and descriptions of commands in every language, from the catalogue."""

import inspect
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

from discord import Locale, app_commands
from discord.app_commands import Choice, TranslationContextTypes, locale_str

from bot.chat.search.options import LENGTHS_EXAMPLE
from bot.domain.ticket import LENGTHS, LONGEST_WAIT_MINUTES, SHORTEST_WAIT_MINUTES
from bot.words import DEFAULT_LANGUAGE, language_of, words_for

Callback = TypeVar("Callback", bound=Callable[..., Awaitable[Any]])

NOT_OPTIONS = 2  # the group itself and the interaction come before a command's options


def translated(key: str) -> locale_str:
    """The catalogue's text under `chat.KEY`, which is translated when the commands are synced."""
    return locale_str(_text(DEFAULT_LANGUAGE, f"chat.{key}"), key=f"chat.{key}")


def translated_choices(option: str, codes: Iterable[str]) -> list[Choice[str]]:
    """The choices of an option, in this order."""
    return [Choice(name=translated(f"choices.{option}.{code}"), value=code) for code in codes]


def translated_options(callback: Callback) -> Callback:
    """A decorator for the method of a command: its parameters' names and descriptions come from the catalogue."""
    names = list(inspect.signature(callback).parameters)[NOT_OPTIONS:]
    app_commands.rename(**{name: translated(f"options.{name}.name") for name in names})(callback)
    app_commands.describe(**{name: translated(f"options.{name}.describe") for name in names})(callback)
    return callback


class CatalogueTranslator(app_commands.Translator):
    """Translates from the catalogues. Discord shows the default text in languages without a catalogue."""

    def __init__(self) -> None:
        found = {locale: language_of(locale.value) for locale in Locale}  # looked up for each of a thousand texts
        self._languages = {locale: code for locale, code in found.items() if code and code != DEFAULT_LANGUAGE}

    async def translate(self, string: locale_str, locale: Locale, context: TranslationContextTypes) -> str | None:
        """The text in the language of `locale`, or None for the default text."""
        key, language = string.extras.get("key"), self._languages.get(locale)
        return _text(language, key) if language and key else None


def _text(language: str, key: str) -> str:
    return words_for(language)(
        key,
        lengths=", ".join(map(str, LENGTHS)),
        example=LENGTHS_EXAMPLE,
        shortest=SHORTEST_WAIT_MINUTES,
        longest=LONGEST_WAIT_MINUTES,
    )
