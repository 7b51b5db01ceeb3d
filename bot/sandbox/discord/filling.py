"""What a person typed and chose, as Discord sends it to a bot; what Discord's own clients refuse is refused."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from simcord import interactions
from simcord.backend import serializers
from simcord.backend.errors import BackendError, OptionError
from simcord.enums import ComponentType, OptionType

from bot.sandbox.discord.engine import Engine

Json = dict[str, Any]
Value = str | int | float | list[str] | None

USERS, ROLES, CHANNELS = "users", "roles", "channels"
OPTIONS = {
    OptionType.USER: (USERS,),
    OptionType.ROLE: (ROLES,),
    OptionType.CHANNEL: (CHANNELS,),
    OptionType.MENTIONABLE: (USERS, ROLES),
}
SELECTS = {
    ComponentType.USER_SELECT: (USERS,),
    ComponentType.ROLE_SELECT: (ROLES,),
    ComponentType.CHANNEL_SELECT: (CHANNELS,),
    ComponentType.MENTIONABLE_SELECT: (USERS, ROLES),
}
LISTS = {*SELECTS, ComponentType.STRING_SELECT, ComponentType.CHECKBOX_GROUP, ComponentType.FILE_UPLOAD}
ASKED_FOR = {*SELECTS, ComponentType.STRING_SELECT, ComponentType.TEXT_INPUT}  # required unless it says otherwise
READ: Mapping[OptionType, Callable[[str], int | float]] = {OptionType.INTEGER: int, OptionType.NUMBER: float}
LONGEST_TEXT = 4000
NO_CHOICE = "option-choice"  # simcord's


class CannotBeDone(Exception):
    """Nobody could do this in Discord: there is no such command, button or choice."""


class Filling:
    """Collects what one person filled in; `resolved` gathers the people, roles and channels among it."""

    def __init__(self, engine: Engine, *, user_id: int, channel_id: int) -> None:
        self._engine = engine
        self._user_id = user_id
        self._guild_id = engine.get_channel(channel_id).guild_id
        self.resolved: dict[str, Json] = {}

    # --- commands ----------------------------------------------------------------------------------------------------

    def options(self, leaf: Json, values: Mapping[str, Value], *, finished: bool) -> list[Json]:
        """The options of a command; while it is being typed (not `finished`) what does not fit is left out."""
        declared = {option["name"]: option for option in leaf.get("options") or []}
        filled = []
        for name, value in values.items():
            if name not in declared:
                raise CannotBeDone(f"This command has no option {name}.")
            try:
                filled.append(self._option(declared[name], value))
            except CannotBeDone:
                if finished:
                    raise
        missing = [name for name, option in declared.items() if option.get("required") and name not in values]
        if finished and missing:
            raise CannotBeDone(f"{missing[0]} is still empty.")
        return filled

    def _option(self, option: Json, value: Value) -> Json:
        kind = OptionType(option["type"])
        if kind in OPTIONS:
            self._resolve(OPTIONS[kind], str(value), option.get("channel_types"))
            value = str(value)
        else:
            value = _plain(kind, option, value)
        return {"name": option["name"], "type": int(kind), "value": value}

    # --- selects and forms -------------------------------------------------------------------------------------------

    def chosen(self, part: Json, values: Collection[str]) -> list[str]:
        """The values chosen in a select or among boxes."""
        kind, chosen = ComponentType(part["type"]), [str(each) for each in values]
        options = [option["value"] for option in part.get("options") or []]
        least = part["min_values"] if part.get("min_values") is not None else 1
        most = part.get("max_values") or (len(options) if kind is ComponentType.CHECKBOX_GROUP else 1)
        nothing = not chosen and not part.get("required", kind in ASKED_FOR)
        if not (nothing or least <= len(set(chosen)) == len(chosen) <= most):
            raise CannotBeDone(f"Here one chooses {least} to {most}." if least < most else f"Here one chooses {most}.")
        for each in chosen:
            if kind in SELECTS:
                self._resolve(SELECTS[kind], each, part.get("channel_types"))
            elif each not in options:
                raise CannotBeDone(f"There is no choice {each}.")
        return chosen

    def form(self, parts: list[Json], values: Mapping[str, Value]) -> list[Json]:
        """A form's parts as they come back; a field left alone keeps what was in it."""
        return [self._part(part, values) for part in parts]

    def _part(self, part: Json, values: Mapping[str, Value]) -> Json:
        kept: Json = {key: part[key] for key in ("type", "id", "custom_id") if key in part}
        if "component" in part:
            return {**kept, "component": self._part(part["component"], values)}
        if "components" in part:
            return {**kept, "components": self.form(part["components"], values)}
        if "custom_id" not in part:
            return kept
        kind = ComponentType(part["type"])
        value = values.get(part["custom_id"])
        value = _untouched(part) if value is None else value
        if kind in LISTS:
            return {**kept, "values": self.chosen(part, value if isinstance(value, list) else [])}
        return {**kept, "value": _single(kind, part, value)}

    # --- people, roles, channels -------------------------------------------------------------------------------------

    def _resolve(self, groups: Collection[str], wanted: str, channel_types: Collection[int] | None) -> None:
        """Add one of them to `resolved`."""
        find = {USERS: self._user, ROLES: self._role, CHANNELS: self._channel}
        for group in groups:
            try:
                found = find[group](int(wanted))
            except (BackendError, ValueError):
                continue
            if group == CHANNELS and channel_types and found["type"] not in channel_types:
                raise CannotBeDone(f"A channel of this kind cannot be chosen: {found['name']}.")
            self.resolved.setdefault(group, {})[wanted] = found
            return
        raise CannotBeDone(f"Nobody and nothing here has the id {wanted}.")

    def _user(self, user_id: int) -> Json:
        user = dict(serializers.user_payload(self._engine.get_user(user_id)))
        guild = self._engine.guilds.get(self._guild_id or 0)
        if guild is not None and user_id in guild.members:
            member = serializers.member_payload(self._engine, guild, guild.members[user_id], with_user=False)
            permissions = self._engine.compute_permissions(guild.id, user_id)
            self.resolved.setdefault("members", {})[str(user_id)] = {**member, "permissions": str(permissions)}
        return user

    def _role(self, role_id: int) -> Json:
        return dict(serializers.role_payload(self._engine.get_role(self._guild_id or 0, role_id)))

    def _channel(self, channel_id: int) -> Json:
        channel = self._engine.get_channel(channel_id)
        allowed = self._engine.compute_permissions(self._guild_id or 0, self._user_id, channel_id)
        return {**serializers.channel_payload(self._engine, channel), "permissions": str(allowed)}


def _plain(kind: OptionType, option: Json, value: Value) -> Value:
    """A text, a number or a yes; numbers may come as text."""
    name = option["name"]
    if kind in READ:
        value = _number(kind, option, str(value))
    try:
        interactions.validate_option_value(name, option, value)
    except OptionError as unfit:
        raise CannotBeDone(f"There is no choice {value}." if unfit.code == NO_CHOICE else f"{unfit}.") from None
    return value


def _number(kind: OptionType, option: Json, text: str) -> int | float:
    name, low, high = option["name"], option.get("min_value"), option.get("max_value")
    try:
        number = READ[kind](text)
    except ValueError:
        raise CannotBeDone(f"{name} takes a {'whole ' if kind is OptionType.INTEGER else ''}number.") from None
    if (low is not None and number < low) or (high is not None and number > high):
        raise CannotBeDone(f"{name} takes a number from {low} to {high}.")
    return number


def _single(kind: ComponentType, part: Json, value: Value) -> Value:
    """The value of a field that holds one."""
    if kind is ComponentType.RADIO_GROUP:
        known = [option["value"] for option in part["options"]]
        if value not in known and (value is not None or part.get("required")):
            raise CannotBeDone(f"There is no choice {value}.")
    if kind is ComponentType.TEXT_INPUT:
        least = part.get("min_length") or int(part.get("required", True))
        most = part.get("max_length") or LONGEST_TEXT
        if not least <= len(str(value)) <= most and (value or part.get("required", True)):
            raise CannotBeDone(f"Here one writes {least} to {most} letters.")
    return value


def _untouched(part: Json) -> Value:
    """What a field holds that nobody has touched."""
    kind = ComponentType(part["type"])
    ready = [option["value"] for option in part.get("options") or [] if option.get("default")]
    if kind in LISTS:
        return ready or [default["id"] for default in part.get("default_values") or []]
    if kind is ComponentType.RADIO_GROUP:
        return ready[0] if ready else None
    return part.get("value") or "" if kind is ComponentType.TEXT_INPUT else bool(part.get("default"))
