"""Checks of commands that Discord makes and simcord does not: names, lengths, translations, options, choices."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import discord

from bot.sandbox.discord.simcord_internals import AppCommandType, OptionType, require

Json = Mapping[str, Any]

MAX_NAME, MAX_TEXT, MAX_VALUE = 32, 100, 100
NAME_PATTERN = re.compile(rf"[-_'\u02bc\w]{{1,{MAX_NAME}}}")
MAX_OPTIONS = MAX_CHOICES = 25
MAX_COMMAND_SIZE = 8000
LOCALES = frozenset(locale.value for locale in discord.Locale)
NESTING_TYPES = (OptionType.SUBCOMMAND, OptionType.SUBCOMMAND_GROUP)


def validate_command(command: Json, at: str) -> None:
    """Raise 50035 if Discord would refuse this command; `at` is its place in the request."""
    _validate_node(
        command, at, is_slash_command=command.get("type", AppCommandType.CHAT_INPUT) == AppCommandType.CHAT_INPUT
    )
    size = sum(_text_lengths(command))
    require(size <= MAX_COMMAND_SIZE, at, f"Command exceeds maximum size ({MAX_COMMAND_SIZE}), it has {size}")


def _validate_node(node: Json, at: str, *, is_slash_command: bool = True) -> None:
    for text in (node["name"], *_localized_texts(node, "name", at)):
        valid = NAME_PATTERN.fullmatch(text) and text == text.lower() if is_slash_command else 0 < len(text) <= MAX_NAME
        require(bool(valid), f"{at}.name", f"{text!r} is no name")
    for text in (node.get("description", ""), *_localized_texts(node, "description", at)):
        require(
            not is_slash_command or 0 < len(text) <= MAX_TEXT, f"{at}.description", f"must have 1 to {MAX_TEXT} letters"
        )
    _validate_options(node.get("options") or (), at)
    validate_choices(node.get("choices") or (), at)
    require(not (node.get("choices") and node.get("autocomplete")), at, "choices or autocomplete, not both")


def _validate_options(options: Sequence[Json], at: str) -> None:
    names = [option["name"] for option in options]
    require(len(names) <= MAX_OPTIONS, f"{at}.options", f"must be {MAX_OPTIONS} or fewer")
    require(len(set(names)) == len(names), f"{at}.options", "names must be unique")
    required = [bool(option.get("required")) for option in options if option["type"] not in NESTING_TYPES]
    require(required == sorted(required, reverse=True), f"{at}.options", "required options come first")
    for index, option in enumerate(options):
        _validate_node(option, f"{at}.options.{index}")


def validate_choices(choices: Sequence[Json], at: str) -> None:
    """Raise 50035 if Discord would refuse these choices of an option, declared or suggested."""
    require(len(choices) <= MAX_CHOICES, f"{at}.choices", f"must be {MAX_CHOICES} or fewer")
    for index, choice in enumerate(choices):
        where = f"{at}.choices.{index}"
        for text in (choice["name"], *_localized_texts(choice, "name", where)):
            require(0 < len(text) <= MAX_TEXT, f"{where}.name", f"must have 1 to {MAX_TEXT} letters")
        value = choice["value"]
        require(not isinstance(value, str) or len(value) <= MAX_VALUE, f"{where}.value", "is too long")


def _localized_texts(node: Json, key: str, at: str) -> Sequence[str]:
    texts: Mapping[str, str] = node.get(f"{key}_localizations") or {}
    for locale in texts:
        require(locale in LOCALES, f"{at}.{key}_localizations", f"there is no locale {locale}")
    return list(texts.values())


def _text_lengths(node: Json) -> Iterator[int]:
    """Yield the lengths that add up to a command's size: for each text, that of its longest translation."""
    for key in ("name", "description"):
        yield max(map(len, [node.get(key, ""), *(node.get(f"{key}_localizations") or {}).values()]))
    yield len(str(node.get("value", "")))
    for below in (*(node.get("options") or ()), *(node.get("choices") or ())):
        yield from _text_lengths(below)
