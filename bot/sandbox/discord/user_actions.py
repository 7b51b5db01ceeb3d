"""What users do in Discord: commands, buttons, selects, forms. Each is an interaction that the bot must answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.sandbox.discord.backend import DiscordBackend
from bot.sandbox.discord.simcord_internals import (
    AppCommandType,
    BackendError,
    ComponentType,
    InteractionType,
    Message,
    SetupError,
    base_payload,
    channel_accessible,
    message_payload,
    nest_options,
    walk_components,
    walk_to_subcommand,
)
from bot.sandbox.discord.user_input import ImpossibleAction, InputEncoder

RESPONSE_TIMEOUT_S = 3.0  # Discord's own
SLASH_COMMAND = 1
DEFAULT_LOCALE = "en-US"
Json = dict[str, Any]


class NoResponse(Exception):
    """The application did not respond."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BotResponse:
    """The bot's immediate response: a form, autocomplete choices, or neither. Messages reach the listeners instead."""

    modal: Json | None = None
    choices: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class CommandCall:
    """A subcommand that a user calls, and its place in the command tree."""

    root: Json
    subcommand: Json
    path_below_root: list[str]

    def encode(self, options: list[Json], encoder: InputEncoder) -> Json:
        """The interaction's data with these encoded options."""
        return {
            "id": self.root["id"],
            "name": self.root["name"],
            "type": self.root.get("type", SLASH_COMMAND),
            "options": nest_options(self.root, self.path_below_root, options),
            "resolved": encoder.resolved,
        }


class UserActions:
    """Sends users' interactions to the bot. `locales` maps user ids to their languages.

    The methods that send an interaction raise ImpossibleAction if Discord would not let the user do this, and
    NoResponse if the bot does not respond within RESPONSE_TIMEOUT_S.
    """

    def __init__(self, backend: DiscordBackend) -> None:
        self._backend = backend
        self.locales: dict[int, str] = {}

    async def call_command(self, user_id: int, channel_id: int, path: str, values: Mapping[str, Any]) -> BotResponse:
        """Call a command ("study now") with option values by name."""
        call = self._find_command(user_id, channel_id, path)
        encoder = self._encoder(user_id, channel_id)
        data = call.encode(encoder.encode_options(call.subcommand, values, finished=True), encoder)
        kind = InteractionType.APPLICATION_COMMAND
        return await self._interact(kind, user_id, channel_id, data, command_name=path)

    async def use_menu(
        self, user_id: int, channel_id: int, kind: AppCommandType, name: str, target: int
    ) -> BotResponse:
        """Use an entry of the menu *Apps* of a user or of a message in the channel, given by its id."""
        offered = self.offered_commands(user_id, channel_id, kind)
        command = next((each for each in offered if each["name"] == name), None)
        if command is None:
            raise ImpossibleAction(f"There's no {name} in the menu for you here.")
        encoder = self._encoder(user_id, channel_id)
        if kind is AppCommandType.USER:
            encoder.resolved["users"] = {str(target): self._menu_user(encoder, target)}
        else:
            encoder.resolved["messages"] = {str(target): self._menu_message(user_id, channel_id, target)}
        data = {"id": command["id"], "name": name, "type": int(kind), "target_id": str(target)}
        whole = {**data, "resolved": encoder.resolved}
        return await self._interact(InteractionType.APPLICATION_COMMAND, user_id, channel_id, whole, command_name=name)

    def _menu_user(self, encoder: InputEncoder, user_id: int) -> Json:
        try:
            return encoder.find_user(user_id)
        except BackendError:
            raise ImpossibleAction(f"Nobody here has the ID {user_id}.") from None

    def _menu_message(self, user_id: int, channel_id: int, message_id: int) -> Json:
        message = self._backend.messages[channel_id].get(message_id)
        if message is None or not message.visible_to(user_id) or message_id in self._backend.dismissed:
            raise ImpossibleAction("This message is no longer there.")
        return dict(message_payload(self._backend, message))

    async def autocomplete(
        self, user_id: int, channel_id: int, path: str, focused: tuple[str, str], values: Mapping[str, Any]
    ) -> BotResponse:
        """Request the choices for the option being typed, given as its name and the text so far."""
        call = self._find_command(user_id, channel_id, path)
        encoder = self._encoder(user_id, channel_id)
        name, text = focused
        option: Json = next((each for each in call.subcommand.get("options") or [] if each["name"] == name), {})
        if not option.get("autocomplete"):
            raise ImpossibleAction(f"This command suggests nothing for {name}.")
        others = {key: value for key, value in values.items() if key != name}
        options = encoder.encode_options(call.subcommand, others, finished=False)
        options.append({"name": name, "type": option["type"], "value": text, "focused": True})
        kind = InteractionType.APPLICATION_COMMAND_AUTOCOMPLETE
        return await self._interact(kind, user_id, channel_id, call.encode(options, encoder))

    async def use_component(
        self, user_id: int, message: Message, custom_id: str, values: Sequence[str] = ()
    ) -> BotResponse:
        """Press a message's button, or choose `values` in one of its selects."""
        component = self._find_component(user_id, message, custom_id)
        kind = ComponentType(component["type"])
        data: Json = {"custom_id": custom_id, "component_type": int(kind), "id": component.get("id")}
        if kind is not ComponentType.BUTTON:
            encoder = self._encoder(user_id, message.channel_id)
            data["values"] = encoder.encode_choices(component, values)
            if encoder.resolved:  # discord.py would take even an empty mapping for the chosen values
                data["resolved"] = encoder.resolved
        interaction = InteractionType.MESSAGE_COMPONENT
        return await self._interact(interaction, user_id, message.channel_id, data, source=message)

    async def submit_modal(self, user_id: int, modal_id: int, values: Mapping[str, Any]) -> BotResponse:
        """Submit an open form with values by custom id. It stays open if the bot does not respond."""
        opened_by = self._backend.interactions.get(modal_id)
        if opened_by is None or opened_by.modal is None or opened_by.modal_consumed or opened_by.user_id != user_id:
            raise ImpossibleAction("This form is no longer open.")
        encoder = self._encoder(user_id, opened_by.channel_id)
        components = encoder.encode_form(opened_by.modal["components"], values)
        data = {
            "custom_id": opened_by.modal["custom_id"],
            "components": components,
            "resolved": encoder.resolved,
        }
        source = self._backend.messages[opened_by.channel_id].get(opened_by.source_message_id or 0)
        kind = InteractionType.MODAL_SUBMIT
        opened_by.modal_consumed = True
        try:
            return await self._interact(kind, user_id, opened_by.channel_id, data, source=source)
        except NoResponse:
            opened_by.modal_consumed = False
            raise

    # --- lookups -----------------------------------------------------------------------------------------------------

    def offered_commands(
        self, user_id: int, channel_id: int, kind: AppCommandType = AppCommandType.CHAT_INPUT
    ) -> list[Json]:
        """The commands, or the entries of the menus of users or messages, that Discord offers this user here."""
        if not channel_accessible(self._backend, channel_id, user_id):
            return []
        guild_id = self._backend.get_channel(channel_id).guild_id
        if guild_id is not None and not self._backend.bot_is_in(guild_id):
            return []
        return self._backend.visible_commands(user_id=user_id, channel_id=channel_id, type=kind)

    def _find_command(self, user_id: int, channel_id: int, path: str) -> CommandCall:
        name, *below = path.split()
        root = next((each for each in self.offered_commands(user_id, channel_id) if each["name"] == name), None)
        if root is None:
            raise ImpossibleAction(f"There's no command /{name} for you here.")
        try:
            subcommand, path_below_root = walk_to_subcommand(root, below)
        except SetupError:
            raise ImpossibleAction(f"There's no command /{path}.") from None
        return CommandCall(root=root, subcommand=subcommand, path_below_root=path_below_root)

    def _find_component(self, user_id: int, message: Message, custom_id: str) -> Json:
        can_see = channel_accessible(self._backend, message.channel_id, user_id) and message.visible_to(user_id)
        is_shown = can_see and message.id not in self._backend.dismissed
        components = walk_components(message.components) if is_shown else ()
        component = next((each for each in components if each.get("custom_id") == custom_id), None)
        if component is None or component.get("disabled"):
            raise ImpossibleAction("This button is no longer there.")
        return component

    def _encoder(self, user_id: int, channel_id: int) -> InputEncoder:
        return InputEncoder(self._backend, user_id=user_id, channel_id=channel_id)

    # --- interactions ------------------------------------------------------------------------------------------------

    async def _interact(
        self,
        kind: InteractionType,
        user_id: int,
        channel_id: int,
        data: Json,
        *,
        command_name: str | None = None,
        source: Message | None = None,
    ) -> BotResponse:
        """Send an interaction to the bot and wait for its response."""
        guild_id = self._backend.get_channel(channel_id).guild_id
        record, payload = base_payload(
            self._backend, type=int(kind), channel_id=channel_id, guild_id=guild_id, user_id=user_id, data=data
        )
        payload["locale"] = self.locales.get(user_id, DEFAULT_LOCALE)
        if command_name is not None:
            record.command_name = command_name
        if source is not None:
            record.source_message_id = source.id
            payload["message"] = dict(message_payload(self._backend, source))
        self._backend.emit("INTERACTION_CREATE", payload)
        if not await self._backend.wait_until(lambda: record.responded, timeout_s=RESPONSE_TIMEOUT_S):
            raise NoResponse(NoResponse.__doc__)
        modal = {**record.modal, "id": str(record.id)} if record.modal else None
        return BotResponse(modal=modal, choices=record.autocomplete_choices or ())
