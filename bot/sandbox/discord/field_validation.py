"""Checks of selects and of fields in forms that Discord makes and simcord does not: what they are preset to."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from bot.sandbox.discord.backend import DiscordBackend
from bot.sandbox.discord.simcord_internals import ChannelType, ComponentType, require

Json = Mapping[str, Any]

MAX_TEXT: Final = 4000
KINDS: Final[Mapping[int, frozenset[str]]] = MappingProxyType(
    {
        ComponentType.USER_SELECT: frozenset({"user"}),
        ComponentType.ROLE_SELECT: frozenset({"role"}),
        ComponentType.MENTIONABLE_SELECT: frozenset({"user", "role"}),
        ComponentType.CHANNEL_SELECT: frozenset({"channel"}),
    }
)
"""What each select of things in Discord may be preset to."""


def validate_row(component: Json) -> None:
    """Raise 50035 for a row of a form with anything but a text in it: other fields need a label."""
    if component.get("type") == ComponentType.ACTION_ROW:
        kinds = [each.get("type") for each in component.get("components") or ()]
        require(set(kinds) <= {ComponentType.TEXT_INPUT}, "components", "only a text can be in a row of a form")


def validate_field(backend: DiscordBackend, component: Json) -> None:
    """Raise 50035 if Discord would refuse what a select or a field of a form is preset to."""
    kind = int(component.get("type") or 0)
    if kind == ComponentType.TEXT_INPUT:
        text, most = component.get("value") or "", component.get("max_length") or MAX_TEXT
        require(len(text) <= most, "components.value", f"Must be {most} or fewer in length.")
    if kind in KINDS:
        defaults = component.get("default_values") or ()
        _require_number(len(defaults), component, most=component.get("max_values") or 1)
        _require_things(backend, defaults, KINDS[kind])
    if kind in {ComponentType.STRING_SELECT, ComponentType.CHECKBOX_GROUP}:
        options = component.get("options") or ()
        most = len(options) if kind == ComponentType.CHECKBOX_GROUP else 1
        _require_number(_preset(options), component, most=component.get("max_values") or most)
    if kind == ComponentType.RADIO_GROUP:
        require(_preset(component.get("options") or ()) <= 1, "components.options", "more than one default")


def _preset(options: Sequence[Json]) -> int:
    return sum(bool(option.get("default")) for option in options)


def _require_number(defaults: int, component: Json, *, most: int) -> None:
    """None at all is always allowed."""
    least = component["min_values"] if component.get("min_values") is not None else 1
    where = "components.default_values"
    require(not defaults or least <= defaults <= most, where, f"Must be between {least} and {most} in length.")


def _require_things(backend: DiscordBackend, defaults: Sequence[Json], kinds: frozenset[str]) -> None:
    ids = [int(each["id"]) for each in defaults]
    require(len(set(ids)) == len(ids), "components.default_values", "each only once")
    roles = {role_id for guild in backend.guilds.values() for role_id in guild.roles}
    known = {"user": backend.users, "role": roles, "channel": backend.channels}
    for thing_id, each in zip(ids, defaults, strict=True):
        kind = each["type"]
        require(kind in kinds, "components.default_values", f"{kind} is not of the select's kind")
        require(thing_id in known[kind], "components.default_values", f"there is no {kind} {thing_id}")
        require(
            kind != "channel" or not _is_forum_post(backend, thing_id), "components.default_values", "is a forum's post"
        )


def _is_forum_post(backend: DiscordBackend, channel_id: int) -> bool:
    channel = backend.channels[channel_id]
    parent = backend.channels.get(channel.parent_id or 0)
    return channel.is_thread and parent is not None and parent.type == ChannelType.FORUM
