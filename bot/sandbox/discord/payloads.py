"""What Discord refuses in a body and simcord lets pass: in commands, choices, buttons, containers and embeds."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import discord
from simcord.backend import errors
from simcord.components import walk_components
from simcord.enums import AppCommandType, ComponentType, OptionType

Json = Mapping[str, Any]

NAME = re.compile(r"[-_'\u02bc\w]{1,32}")
LONGEST_NAME, LONGEST_TEXT, LONGEST_VALUE = 32, 100, 100
MOST_OPTIONS = MOST_CHOICES = 25
LONGEST_COMMAND = 8000
LINKS = ("http://", "https://", "discord://")
LOCALES = frozenset(locale.value for locale in discord.Locale)
NESTING = (OptionType.SUBCOMMAND, OptionType.SUBCOMMAND_GROUP)


def check(path: str, body: object) -> None:
    """Raises simcord's 50035 where Discord would answer with it."""
    if path.endswith("/commands"):
        for index, command in enumerate(body if isinstance(body, list) else [body]):
            _check_command(command, f"{index}")
    elif isinstance(body, dict):
        content = body.get("data") or {} if path.endswith("/callback") else body
        _check_choices(content.get("choices") or (), "data")
        _check_embeds(content.get("embeds") or ())
        for part in walk_components(content.get("components") or ()):
            _check_component(part)


def _must(holds: bool, where: str, what: str) -> None:
    if not holds:
        raise errors.invalid_form_body(f"{where}: {what}")


# --- commands --------------------------------------------------------------------------------------------------------


def _check_command(command: Json, at: str) -> None:
    _check_named(command, at, spelled=command.get("type", AppCommandType.CHAT_INPUT) == AppCommandType.CHAT_INPUT)
    size = sum(_sizes(command))
    _must(size <= LONGEST_COMMAND, at, f"Command exceeds maximum size ({LONGEST_COMMAND}), it has {size}")


def _check_named(node: Json, at: str, *, spelled: bool = True) -> None:
    for text in (node["name"], *_translations(node, "name", at)):
        well = NAME.fullmatch(text) and text == text.lower() if spelled else 0 < len(text) <= LONGEST_NAME
        _must(bool(well), f"{at}.name", f"{text!r} is no name")
    for text in (node.get("description", ""), *_translations(node, "description", at)):
        _must(
            not spelled or 0 < len(text) <= LONGEST_TEXT, f"{at}.description", f"must have 1 to {LONGEST_TEXT} letters"
        )
    _check_options(node.get("options") or (), at)
    _check_choices(node.get("choices") or (), at)
    _must(not (node.get("choices") and node.get("autocomplete")), at, "choices or autocomplete, not both")


def _check_options(options: Sequence[Json], at: str) -> None:
    names = [option["name"] for option in options]
    _must(len(names) <= MOST_OPTIONS, f"{at}.options", f"must be {MOST_OPTIONS} or fewer")
    _must(len(set(names)) == len(names), f"{at}.options", "names must be unique")
    required = [bool(option.get("required")) for option in options if option["type"] not in NESTING]
    _must(required == sorted(required, reverse=True), f"{at}.options", "required options come first")
    for index, option in enumerate(options):
        _check_named(option, f"{at}.options.{index}")


def _check_choices(choices: Sequence[Json], at: str) -> None:
    _must(len(choices) <= MOST_CHOICES, f"{at}.choices", f"must be {MOST_CHOICES} or fewer")
    for index, choice in enumerate(choices):
        where = f"{at}.choices.{index}"
        for text in (choice["name"], *_translations(choice, "name", where)):
            _must(0 < len(text) <= LONGEST_TEXT, f"{where}.name", f"must have 1 to {LONGEST_TEXT} letters")
        value = choice["value"]
        _must(not isinstance(value, str) or len(value) <= LONGEST_VALUE, f"{where}.value", "is too long")


def _translations(node: Json, key: str, at: str) -> Sequence[str]:
    texts: Mapping[str, str] = node.get(f"{key}_localizations") or {}
    for locale in texts:
        _must(locale in LOCALES, f"{at}.{key}_localizations", f"there is no locale {locale}")
    return list(texts.values())


def _sizes(node: Json) -> Iterator[int]:
    """What counts towards a command's size: of each text its longest translation."""
    for key in ("name", "description"):
        yield max(map(len, [node.get(key, ""), *(node.get(f"{key}_localizations") or {}).values()]))
    yield len(str(node.get("value", "")))
    for below in (*(node.get("options") or ()), *(node.get("choices") or ())):
        yield from _sizes(below)


# --- messages --------------------------------------------------------------------------------------------------------


def _check_component(part: Json) -> None:
    kind = part.get("type")
    if kind == ComponentType.BUTTON:
        _must(bool(part.get("label") or part.get("emoji") or part.get("sku_id")), "components", "a label or an emoji")
        url = part.get("url")
        _must(url is None or url.startswith(LINKS), "components.url", "Scheme must be one of http, https, discord")
    if kind == ComponentType.CONTAINER:
        _must(bool(part.get("components")), "components", "a container must hold something")


def _check_embeds(embeds: Sequence[Json]) -> None:
    for embed in embeds:
        for each in embed.get("fields") or ():
            _must(bool(each.get("name") and each.get("value")), "embeds.fields", "This field is required")
