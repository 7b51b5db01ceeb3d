"""Checks of request bodies that Discord makes and simcord does not: commands, choices, buttons, containers, embeds."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.sandbox.discord.backend import DiscordBackend
from bot.sandbox.discord.command_validation import validate_choices, validate_command
from bot.sandbox.discord.field_validation import validate_field, validate_row
from bot.sandbox.discord.simcord_internals import ComponentType, require, walk_components

Json = Mapping[str, Any]

URL_SCHEMES = ("http://", "https://", "discord://")
FORM = 9  # the kind of an answer to an interaction that opens one


def validate_payload(backend: DiscordBackend, path: str, body: object) -> None:
    """Raise simcord's error 50035 (invalid form body) if Discord would refuse this request body."""
    if path.endswith("/commands"):
        for index, command in enumerate(body if isinstance(body, list) else [body]):
            validate_command(command, f"{index}")
    elif isinstance(body, dict):
        content = body.get("data") or {} if path.endswith("/callback") else body
        validate_choices(content.get("choices") or (), "data")
        _validate_embeds(content.get("embeds") or ())
        is_form = path.endswith("/callback") and body.get("type") == FORM
        for component in walk_components(content.get("components") or ()):
            if is_form:
                validate_row(component)
            _validate_component(component)
            validate_field(backend, component)


def _validate_component(component: Json) -> None:
    kind = component.get("type")
    if kind == ComponentType.BUTTON:
        require(
            bool(component.get("label") or component.get("emoji") or component.get("sku_id")),
            "components",
            "a label or an emoji",
        )
        url = component.get("url")
        require(
            url is None or url.startswith(URL_SCHEMES), "components.url", "Scheme must be one of http, https, discord"
        )
    if kind == ComponentType.CONTAINER:
        require(bool(component.get("components")), "components", "a container must hold something")


def _validate_embeds(embeds: Sequence[Json]) -> None:
    for embed in embeds:
        for each in embed.get("fields") or ():
            require(bool(each.get("name") and each.get("value")), "embeds.fields", "This field is required")
