"""Encodes user input as Discord sends it to a bot, refusing what Discord's own clients refuse."""

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Any

from bot.sandbox.discord.attachments import ChosenFile
from bot.sandbox.discord.backend import DiscordBackend
from bot.sandbox.discord.simcord_internals import (
    UNKNOWN_CHOICE,
    BackendError,
    ComponentType,
    OptionError,
    OptionType,
    channel_payload,
    member_payload,
    role_payload,
    user_payload,
    validate_option_value,
)

Json = dict[str, Any]
Value = str | int | float | list[str] | list[ChosenFile] | None

USERS, ROLES, CHANNELS = "users", "roles", "channels"
ENTITY_OPTIONS = MappingProxyType(
    {
        OptionType.USER: (USERS,),
        OptionType.ROLE: (ROLES,),
        OptionType.CHANNEL: (CHANNELS,),
        OptionType.MENTIONABLE: (USERS, ROLES),
    }
)
ENTITY_SELECTS = MappingProxyType(
    {
        ComponentType.USER_SELECT: (USERS,),
        ComponentType.ROLE_SELECT: (ROLES,),
        ComponentType.CHANNEL_SELECT: (CHANNELS,),
        ComponentType.MENTIONABLE_SELECT: (USERS, ROLES),
    }
)
MULTIPLE_VALUES = frozenset(
    {
        *ENTITY_SELECTS,
        ComponentType.STRING_SELECT,
        ComponentType.CHECKBOX_GROUP,
    }
)
REQUIRED_BY_DEFAULT = frozenset({*ENTITY_SELECTS, ComponentType.STRING_SELECT, ComponentType.TEXT_INPUT})
PARSERS: Mapping[OptionType, Callable[[str], int | float]] = MappingProxyType(
    {OptionType.INTEGER: int, OptionType.NUMBER: float}
)
MAX_TEXT = 4000
NOT_CHOSEN = frozenset({"permission_overwrites"})  # what a channel has elsewhere, but not as a choice


class ImpossibleAction(Exception):
    """A user could not do this in Discord: there is no such command, button or choice."""


class InputEncoder:
    """Encodes one user's input in one channel.

    `resolved` collects the users, roles and channels that the input refers to, by group and id.
    """

    def __init__(self, backend: DiscordBackend, *, user_id: int, channel_id: int) -> None:
        self._backend = backend
        self._user_id = user_id
        self._channel_id = channel_id
        self._guild_id = backend.get_channel(channel_id).guild_id
        self.resolved: dict[str, Json] = {}

    # --- commands ----------------------------------------------------------------------------------------------------

    def encode_options(self, command: Json, values: Mapping[str, Value], *, finished: bool) -> list[Json]:
        """Encode a command's options, given by name.

        Raises ImpossibleAction for unknown options. For invalid values and missing required options it raises only if
        the command is `finished`; while it is being typed, invalid values are left out.
        """
        declared = {option["name"]: option for option in command.get("options") or []}
        encoded = []
        for name, value in values.items():
            if name not in declared:
                raise ImpossibleAction(f"This command has no option {name}.")
            try:
                encoded.append(self._encode_option(declared[name], value))
            except ImpossibleAction:
                if finished:
                    raise
        missing = [name for name, option in declared.items() if option.get("required") and name not in values]
        if finished and missing:
            raise ImpossibleAction(f"{missing[0]} is still empty.")
        return encoded

    def _encode_option(self, option: Json, value: Value) -> Json:
        kind = OptionType(option["type"])
        if kind in ENTITY_OPTIONS:
            self._resolve(ENTITY_OPTIONS[kind], str(value), option.get("channel_types"))
            value = str(value)
        else:
            value = _plain_value(kind, option, value)
        return {"name": option["name"], "type": int(kind), "value": value}

    # --- selects and forms -------------------------------------------------------------------------------------------

    def encode_choices(self, component: Json, values: Collection[str]) -> list[str]:
        """Return the values chosen in a select or checkbox group. Raises ImpossibleAction if they do not fit it."""
        kind, chosen = ComponentType(component["type"]), [str(each) for each in values]
        options = [option["value"] for option in component.get("options") or []]
        least = component["min_values"] if component.get("min_values") is not None else 1
        most = component.get("max_values") or (len(options) if kind is ComponentType.CHECKBOX_GROUP else 1)
        may_be_empty = not chosen and not component.get("required", kind in REQUIRED_BY_DEFAULT)
        if not (may_be_empty or least <= len(set(chosen)) == len(chosen) <= most):
            raise ImpossibleAction(f"Choose {least} to {most} here." if least < most else f"Choose {most} here.")
        for each in chosen:
            if kind in ENTITY_SELECTS:
                self._resolve(ENTITY_SELECTS[kind], each, component.get("channel_types"))
            elif each not in options:
                raise ImpossibleAction(f"There's no choice {each}.")
        return chosen

    def encode_files(self, component: Json, files: Collection[ChosenFile]) -> list[str]:
        """Upload the files chosen in a form and return their ids. Raises ImpossibleAction for too many or too few."""
        least = component["min_values"] if component.get("min_values") is not None else 1
        most = component.get("max_values") or 1
        if not (least <= len(files) <= most or (not files and not component.get("required", True))):
            raise ImpossibleAction(f"Choose {least} to {most} files here." if least < most else f"Choose {most} here.")
        return [self._upload(each) for each in files]

    def _upload(self, file: ChosenFile) -> str:
        attachment_id = self._backend.snowflake()
        stored = self._backend.attachments.store_attachment(
            attachment_id, self._channel_id, file.filename, file.data, None
        )
        self.resolved.setdefault("attachments", {})[str(attachment_id)] = stored
        return str(attachment_id)

    def encode_form(self, components: list[Json], values: Mapping[str, Value]) -> list[Json]:
        """Encode a form's components with `values` by custom id; a field without a value keeps its default."""
        return [self._encode_field(component, values) for component in components]

    def _encode_field(self, component: Json, values: Mapping[str, Value]) -> Json:
        encoded: Json = {key: component[key] for key in ("type", "id", "custom_id") if key in component}
        if "component" in component:
            return {**encoded, "component": self._encode_field(component["component"], values)}
        if "components" in component:
            return {**encoded, "components": self.encode_form(component["components"], values)}
        if "custom_id" not in component:
            return encoded
        kind = ComponentType(component["type"])
        value = values.get(component["custom_id"])
        value = _default_value(component) if value is None else value
        chosen = value if isinstance(value, list) else []
        if kind is ComponentType.FILE_UPLOAD:
            files = [each for each in chosen if isinstance(each, ChosenFile)]
            return {**encoded, "values": self.encode_files(component, files)}
        if kind in MULTIPLE_VALUES:
            return {**encoded, "values": self.encode_choices(component, [str(each) for each in chosen])}
        return {**encoded, "value": _single_value(kind, component, value)}

    # --- users, roles, channels --------------------------------------------------------------------------------------

    def _resolve(self, groups: Collection[str], wanted: str, channel_types: Collection[int] | None) -> None:
        """Find the id `wanted` in one of the groups and add it to `resolved`."""
        find = {USERS: self.find_user, ROLES: self._find_role, CHANNELS: self._find_channel}
        for group in groups:
            try:
                found = find[group](int(wanted))
            except (BackendError, ValueError):
                continue
            if group == CHANNELS and channel_types and found["type"] not in channel_types:
                raise ImpossibleAction(f"A channel of this kind can't be chosen: {found['name']}.")
            self.resolved.setdefault(group, {})[wanted] = found
            return
        raise ImpossibleAction(f"Nobody and nothing here has the ID {wanted}.")

    def find_user(self, user_id: int) -> Json:
        """A user; if a member, `resolved` has the member too. Raises BackendError if there is no such user."""
        user = dict(user_payload(self._backend.get_user(user_id)))
        guild = self._backend.guilds.get(self._guild_id or 0)
        if guild is not None and user_id in guild.members:
            member = member_payload(self._backend, guild, guild.members[user_id], with_user=False)
            permissions = self._backend.compute_permissions(guild.id, user_id)
            self.resolved.setdefault("members", {})[str(user_id)] = {**member, "permissions": str(permissions)}
        return user

    def _find_role(self, role_id: int) -> Json:
        return dict(role_payload(self._backend.get_role(self._guild_id or 0, role_id)))

    def _find_channel(self, channel_id: int) -> Json:
        channel = self._backend.get_channel(channel_id)
        guild_id, bot_id = self._guild_id or 0, self._backend.bot_user.id
        told = {key: value for key, value in channel_payload(self._backend, channel).items() if key not in NOT_CHOSEN}
        return {
            **told,
            "permissions": str(self._backend.compute_permissions(guild_id, self._user_id, channel_id)),
            # of the bot, without what Discord denies implicitly
            "app_permissions": str(self._backend.granted_permissions(guild_id, bot_id, channel_id)),
        }


def _plain_value(kind: OptionType, option: Json, value: Value) -> Value:
    """Check a text, number or boolean; numbers may be given as text."""
    name = option["name"]
    if kind in PARSERS:
        value = _parse_number(kind, option, str(value))
    try:
        validate_option_value(name, option, value)
    except OptionError as invalid:
        raise ImpossibleAction(_why_invalid(option, value, invalid)) from None
    return value


def _why_invalid(option: Json, value: Value, invalid: OptionError) -> str:
    if invalid.code == UNKNOWN_CHOICE:
        return f"There's no choice {value}."
    if isinstance(value, str) and "max_length" in option:
        return f"{option['name']} takes {option.get('min_length') or 1} to {option['max_length']} letters."
    return f"{invalid}."


def _parse_number(kind: OptionType, option: Json, text: str) -> int | float:
    name, low, high = option["name"], option.get("min_value"), option.get("max_value")
    try:
        number = PARSERS[kind](text)
    except ValueError:
        raise ImpossibleAction(f"{name} takes a {'whole ' if kind is OptionType.INTEGER else ''}number.") from None
    if (low is not None and number < low) or (high is not None and number > high):
        raise ImpossibleAction(f"{name} takes a number from {low} to {high}.")
    return number


def _single_value(kind: ComponentType, component: Json, value: Value) -> Value:
    """Check the value of a field that holds only one."""
    if kind is ComponentType.RADIO_GROUP:
        known = [option["value"] for option in component["options"]]
        if value not in known and (value is not None or component.get("required")):
            raise ImpossibleAction(f"There's no choice {value}.")
    if kind is ComponentType.TEXT_INPUT:
        least = component.get("min_length") or int(component.get("required", True))
        most = component.get("max_length") or MAX_TEXT
        if not least <= len(str(value)) <= most and (value or component.get("required", True)):
            raise ImpossibleAction(f"Write {least} to {most} letters here.")
    return value


def _default_value(component: Json) -> Value:
    """The value of a field that the user has not touched."""
    kind = ComponentType(component["type"])
    preselected = [option["value"] for option in component.get("options") or [] if option.get("default")]
    if kind in MULTIPLE_VALUES:
        return preselected or [default["id"] for default in component.get("default_values") or []]
    if kind is ComponentType.RADIO_GROUP:
        return preselected[0] if preselected else None
    return component.get("value") or "" if kind is ComponentType.TEXT_INPUT else bool(component.get("default"))
