"""Checks of request bodies that Discord makes and simcord does not: commands, choices, buttons, containers, embeds."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import discord

from bot.sandbox.discord.simcord_internals import (
    AppCommandType,
    ComponentType,
    OptionType,
    invalid_form_body,
    walk_components,
)

Json = Mapping[str, Any]

MAX_NAME, MAX_TEXT, MAX_VALUE = 32, 100, 100
NAME_PATTERN = re.compile(rf"[-_'\u02bc\w]{{1,{MAX_NAME}}}")
MAX_OPTIONS = MAX_CHOICES = 25
MAX_COMMAND_SIZE = 8000
URL_SCHEMES = ("http://", "https://", "discord://")
LOCALES = frozenset(locale.value for locale in discord.Locale)
NESTING_TYPES = (OptionType.SUBCOMMAND, OptionType.SUBCOMMAND_GROUP)


def validate_payload(path: str, body: object) -> None:
    """Raise simcord's error 50035 (invalid form body) if Discord would refuse this request body."""
    if path.endswith("/commands"):
        for index, command in enumerate(body if isinstance(body, list) else [body]):
            _validate_command(command, f"{index}")
    elif isinstance(body, dict):
        content = body.get("data") or {} if path.endswith("/callback") else body
        _validate_choices(content.get("choices") or (), "data")
        _validate_embeds(content.get("embeds") or ())
        for component in walk_components(content.get("components") or ()):
            _validate_component(component)


def _require(condition: bool, where: str, problem: str) -> None:
    if not condition:
        raise invalid_form_body(f"{where}: {problem}")


# --- commands --------------------------------------------------------------------------------------------------------


def _validate_command(command: Json, at: str) -> None:
    _validate_node(
        command, at, is_slash_command=command.get("type", AppCommandType.CHAT_INPUT) == AppCommandType.CHAT_INPUT
    )
    size = sum(_text_lengths(command))
    _require(size <= MAX_COMMAND_SIZE, at, f"Command exceeds maximum size ({MAX_COMMAND_SIZE}), it has {size}")


def _validate_node(node: Json, at: str, *, is_slash_command: bool = True) -> None:
    for text in (node["name"], *_localized_texts(node, "name", at)):
        valid = NAME_PATTERN.fullmatch(text) and text == text.lower() if is_slash_command else 0 < len(text) <= MAX_NAME
        _require(bool(valid), f"{at}.name", f"{text!r} is no name")
    for text in (node.get("description", ""), *_localized_texts(node, "description", at)):
        _require(
            not is_slash_command or 0 < len(text) <= MAX_TEXT, f"{at}.description", f"must have 1 to {MAX_TEXT} letters"
        )
    _validate_options(node.get("options") or (), at)
    _validate_choices(node.get("choices") or (), at)
    _require(not (node.get("choices") and node.get("autocomplete")), at, "choices or autocomplete, not both")


def _validate_options(options: Sequence[Json], at: str) -> None:
    names = [option["name"] for option in options]
    _require(len(names) <= MAX_OPTIONS, f"{at}.options", f"must be {MAX_OPTIONS} or fewer")
    _require(len(set(names)) == len(names), f"{at}.options", "names must be unique")
    required = [bool(option.get("required")) for option in options if option["type"] not in NESTING_TYPES]
    _require(required == sorted(required, reverse=True), f"{at}.options", "required options come first")
    for index, option in enumerate(options):
        _validate_node(option, f"{at}.options.{index}")


def _validate_choices(choices: Sequence[Json], at: str) -> None:
    _require(len(choices) <= MAX_CHOICES, f"{at}.choices", f"must be {MAX_CHOICES} or fewer")
    for index, choice in enumerate(choices):
        where = f"{at}.choices.{index}"
        for text in (choice["name"], *_localized_texts(choice, "name", where)):
            _require(0 < len(text) <= MAX_TEXT, f"{where}.name", f"must have 1 to {MAX_TEXT} letters")
        value = choice["value"]
        _require(not isinstance(value, str) or len(value) <= MAX_VALUE, f"{where}.value", "is too long")


def _localized_texts(node: Json, key: str, at: str) -> Sequence[str]:
    texts: Mapping[str, str] = node.get(f"{key}_localizations") or {}
    for locale in texts:
        _require(locale in LOCALES, f"{at}.{key}_localizations", f"there is no locale {locale}")
    return list(texts.values())


def _text_lengths(node: Json) -> Iterator[int]:
    """Yield the lengths that add up to a command's size: for each text, that of its longest translation."""
    for key in ("name", "description"):
        yield max(map(len, [node.get(key, ""), *(node.get(f"{key}_localizations") or {}).values()]))
    yield len(str(node.get("value", "")))
    for below in (*(node.get("options") or ()), *(node.get("choices") or ())):
        yield from _text_lengths(below)


# --- messages --------------------------------------------------------------------------------------------------------


def _validate_component(component: Json) -> None:
    kind = component.get("type")
    if kind == ComponentType.BUTTON:
        _require(
            bool(component.get("label") or component.get("emoji") or component.get("sku_id")),
            "components",
            "a label or an emoji",
        )
        url = component.get("url")
        _require(
            url is None or url.startswith(URL_SCHEMES), "components.url", "Scheme must be one of http, https, discord"
        )
    if kind == ComponentType.CONTAINER:
        _require(bool(component.get("components")), "components", "a container must hold something")


def _validate_embeds(embeds: Sequence[Json]) -> None:
    for embed in embeds:
        for each in embed.get("fields") or ():
            _require(bool(each.get("name") and each.get("value")), "embeds.fields", "This field is required")
