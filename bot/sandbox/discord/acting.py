"""What people do in Discord: commands, presses, choices, forms. Each is an interaction that the bot must answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simcord import interactions
from simcord.backend import serializers
from simcord.backend.models import Interaction, Message
from simcord.components import walk_components
from simcord.enums import ComponentType, InteractionType, OptionType

from bot.sandbox.discord.engine import Engine

ANSWER_WITHIN = 3.0  # seconds; Discord's own
Json = dict[str, Any]
Resolved = dict[str, dict[str, Any]]
ENTITIES = {
    OptionType.USER: "users",
    OptionType.ROLE: "roles",
    OptionType.CHANNEL: "channels",
    ComponentType.USER_SELECT: "users",
    ComponentType.ROLE_SELECT: "roles",
    ComponentType.CHANNEL_SELECT: "channels",
}


class CannotBeDone(Exception):
    """Nobody could do this in Discord: there is no such command, button or choice."""


class NoAnswer(Exception):
    """The application did not respond."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What the bot answered at once: a form, choices, or neither (a message tells itself)."""

    modal: Json | None = None
    choices: Sequence[Mapping[str, Any]] = ()


class Acting:
    """Does what people do, as themselves. `locales` are their languages by id."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.locales: dict[int, str] = {}

    async def command(self, user_id: int, channel_id: int, path: str, values: Mapping[str, Any]) -> Answer:
        """Call a command ("study now") with its options' values by name."""
        data = self._command_data(user_id, channel_id, path, values)
        return await self._interact(InteractionType.APPLICATION_COMMAND, user_id, channel_id, data, named=path)

    async def complete(
        self, user_id: int, channel_id: int, path: str, focused: tuple[str, str], values: Mapping[str, Any]
    ) -> Answer:
        """Ask what could be meant in one option: its name and what was typed."""
        data = self._command_data(user_id, channel_id, path, values, focused=focused)
        return await self._interact(InteractionType.APPLICATION_COMMAND_AUTOCOMPLETE, user_id, channel_id, data)

    async def press(self, user_id: int, message: Message, custom_id: str, values: Sequence[str] = ()) -> Answer:
        """Press a button, or choose `values` in a select."""
        found = [part for part in walk_components(message.components) if part.get("custom_id") == custom_id]
        if not found or found[0].get("disabled") or not message.visible_to(user_id):
            raise CannotBeDone("There is no such button any more.")
        kind = ComponentType(found[0]["type"])
        data: Json = {"custom_id": custom_id, "component_type": int(kind)}
        if kind is not ComponentType.BUTTON:
            data["values"] = list(values)
        if kind in ENTITIES:
            data["resolved"] = self._resolved(kind, values, message.channel_id, user_id)
        return await self._interact(
            InteractionType.MESSAGE_COMPONENT, user_id, message.channel_id, data, source=message
        )

    async def submit(self, user_id: int, modal_id: int, values: Mapping[str, Any]) -> Answer:
        """Send a form that the bot has shown; values by the fields' ids."""
        shown = self._engine.interactions.get(modal_id)
        if shown is None or shown.modal is None or shown.modal_consumed or shown.user_id != user_id:
            raise CannotBeDone("This form is not open any more.")
        resolved: Resolved = {}
        parts = [self._filled(part, values, resolved, shown) for part in shown.modal["components"]]
        data = {"custom_id": shown.modal["custom_id"], "components": parts, "resolved": resolved}
        shown.modal_consumed = True
        source = None
        if shown.source_message_id is not None:
            source = self._engine.get_message(shown.channel_id, shown.source_message_id)
        return await self._interact(InteractionType.MODAL_SUBMIT, user_id, shown.channel_id, data, source=source)

    # --- building ----------------------------------------------------------------------------------------------------

    def _command_data(
        self,
        user_id: int,
        channel_id: int,
        path: str,
        values: Mapping[str, Any],
        *,
        focused: tuple[str, str] | None = None,
    ) -> Json:
        name, *below = path.split()
        visible = self._engine.visible_commands(user_id=user_id, channel_id=channel_id)
        root = next((command for command in visible if command["name"] == name), None)
        if root is None:
            raise CannotBeDone(f"There is no command /{name} for you here.")
        leaf, nesting = interactions.walk_to_subcommand(root, below)
        declared = {option["name"]: option for option in leaf.get("options") or []}
        resolved: Resolved = {}
        options = [self._option(declared, item, resolved, channel_id, user_id) for item in values.items()]
        if focused is not None:
            option, typed = focused
            options.append({"name": option, "type": declared[option]["type"], "value": typed, "focused": True})
        data = {"id": root["id"], "name": root["name"], "type": root.get("type", 1)}
        return {**data, "options": interactions.nest_options(root, nesting, options), "resolved": resolved}

    def _option(
        self, declared: Mapping[str, Json], item: tuple[str, Any], resolved: Resolved, channel_id: int, user_id: int
    ) -> Json:
        name, value = item
        if name not in declared:
            raise CannotBeDone(f"This command has no option {name}.")
        kind = OptionType(declared[name]["type"])
        if kind is OptionType.INTEGER:
            value = _whole(name, value)
            _within(declared[name], value)
        if kind in ENTITIES:
            for group, found in self._resolved(kind, [str(value)], channel_id, user_id).items():
                resolved.setdefault(group, {}).update(found)
        return {"name": name, "type": int(kind), "value": value}

    def _resolved(
        self, kind: OptionType | ComponentType, ids: Sequence[str], channel_id: int, user_id: int
    ) -> Resolved:
        found: Resolved = {}
        for each in ids:
            if ENTITIES[kind] == "users":
                self._resolve_member(int(each), channel_id, found)
            elif ENTITIES[kind] == "roles":
                role = self._engine.get_role(self._guild_of(channel_id), int(each))
                found.setdefault("roles", {})[each] = dict(serializers.role_payload(role))
            else:
                channel = self._engine.get_channel(int(each))
                allowed = self._engine.compute_permissions(self._guild_of(channel_id), user_id, channel.id)
                payload = {**serializers.channel_payload(self._engine, channel), "permissions": str(allowed)}
                found.setdefault("channels", {})[each] = payload
        return found

    def _resolve_member(self, member_id: int, channel_id: int, found: Resolved) -> None:
        found.setdefault("users", {})[str(member_id)] = dict(serializers.user_payload(self._engine.get_user(member_id)))
        guild = self._engine.get_guild(self._guild_of(channel_id))
        if member_id in guild.members:
            member = serializers.member_payload(self._engine, guild, guild.members[member_id], with_user=False)
            found.setdefault("members", {})[str(member_id)] = dict(member)

    def _guild_of(self, channel_id: int) -> int:
        guild_id = self._engine.get_channel(channel_id).guild_id
        if guild_id is None:
            raise CannotBeDone("This cannot be chosen in direct messages.")
        return guild_id

    def _filled(self, part: Json, values: Mapping[str, Any], resolved: Resolved, shown: Interaction) -> Json:
        """One part of a form as it comes back, with what was filled in."""
        kept: Json = {key: part[key] for key in ("type", "id", "custom_id") if key in part}
        if "component" in part:
            return {**kept, "component": self._filled(part["component"], values, resolved, shown)}
        if "components" in part:
            return {**kept, "components": [self._filled(each, values, resolved, shown) for each in part["components"]]}
        if "custom_id" not in part:
            return kept
        kind, value = ComponentType(part["type"]), values.get(part["custom_id"])
        if kind in {ComponentType.TEXT_INPUT, ComponentType.RADIO_GROUP, ComponentType.CHECKBOX}:
            return {**kept, "value": value if value is not None or kind is ComponentType.RADIO_GROUP else ""}
        chosen = [str(each) for each in (value or [])]
        if kind in ENTITIES:
            for group, found in self._resolved(kind, chosen, shown.channel_id, shown.user_id).items():
                resolved.setdefault(group, {}).update(found)
        return {**kept, "values": chosen}

    # --- telling the bot ---------------------------------------------------------------------------------------------

    async def _interact(
        self,
        kind: InteractionType,
        user_id: int,
        channel_id: int,
        data: Json,
        *,
        named: str | None = None,
        source: Message | None = None,
    ) -> Answer:
        guild_id = self._engine.get_channel(channel_id).guild_id
        record, payload = interactions.base_payload(
            self._engine, type=int(kind), channel_id=channel_id, guild_id=guild_id, user_id=user_id, data=data
        )
        payload["locale"] = self.locales.get(user_id, "en-US")
        if named is not None:
            record.command_name = named
        if source is not None:
            record.source_message_id = source.id
            payload["message"] = dict(serializers.message_payload(self._engine, source))
        self._engine.emit("INTERACTION_CREATE", payload)
        if not await self._engine.until(lambda: record.responded, seconds=ANSWER_WITHIN):
            raise NoAnswer(NoAnswer.__doc__)
        modal = {**record.modal, "id": str(record.id)} if record.modal else None
        return Answer(modal=modal, choices=record.autocomplete_choices or ())


def _whole(name: str, value: str | int) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise CannotBeDone(f"{name} takes a whole number.") from None


def _within(option: Mapping[str, Any], value: int) -> None:
    low, high = option.get("min_value"), option.get("max_value")
    if (low is not None and value < low) or (high is not None and value > high):
        raise CannotBeDone(f"{option['name']} takes a number from {low} to {high}.")
