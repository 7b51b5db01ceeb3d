"""What people do in Discord: commands, presses, choices, forms. Each is an interaction that the bot must answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simcord import interactions
from simcord.backend import serializers
from simcord.backend.access import channel_accessible
from simcord.backend.errors import SetupError
from simcord.backend.models import Message
from simcord.components import walk_components
from simcord.enums import ComponentType, InteractionType

from bot.sandbox.discord.engine import Engine
from bot.sandbox.discord.filling import CannotBeDone, Filling

ANSWER_WITHIN = 3.0  # seconds; Discord's own
Json = dict[str, Any]


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
        called = self._called(user_id, channel_id, path)
        filling = self._filling(user_id, channel_id)
        data = called.data(filling.options(called.leaf, values, finished=True), filling)
        return await self._interact(InteractionType.APPLICATION_COMMAND, user_id, channel_id, data, named=path)

    async def complete(
        self, user_id: int, channel_id: int, path: str, focused: tuple[str, str], values: Mapping[str, Any]
    ) -> Answer:
        """Ask what could be meant in one option: its name and what was typed."""
        called = self._called(user_id, channel_id, path)
        filling = self._filling(user_id, channel_id)
        name, typed = focused
        option: Json = next((each for each in called.leaf.get("options") or [] if each["name"] == name), {})
        if not option.get("autocomplete"):
            raise CannotBeDone(f"This command suggests nothing for {name}.")
        others = {key: value for key, value in values.items() if key != name}
        options = filling.options(called.leaf, others, finished=False)
        options.append({"name": name, "type": option["type"], "value": typed, "focused": True})
        data = called.data(options, filling)
        return await self._interact(InteractionType.APPLICATION_COMMAND_AUTOCOMPLETE, user_id, channel_id, data)

    async def press(self, user_id: int, message: Message, custom_id: str, values: Sequence[str] = ()) -> Answer:
        """Press a button, or choose `values` in a select."""
        part = self._part(user_id, message, custom_id)
        kind = ComponentType(part["type"])
        data: Json = {"custom_id": custom_id, "component_type": int(kind), "id": part.get("id")}
        if kind is not ComponentType.BUTTON:
            filling = self._filling(user_id, message.channel_id)
            data["values"] = filling.chosen(part, values)
            if filling.resolved:  # the library takes even an empty one for the choice itself
                data["resolved"] = filling.resolved
        return await self._interact(
            InteractionType.MESSAGE_COMPONENT, user_id, message.channel_id, data, source=message
        )

    async def submit(self, user_id: int, modal_id: int, values: Mapping[str, Any]) -> Answer:
        """Send a form that the bot has shown; values by the fields' ids. Without an answer the form stays open."""
        shown = self._engine.interactions.get(modal_id)
        if shown is None or shown.modal is None or shown.modal_consumed or shown.user_id != user_id:
            raise CannotBeDone("This form is not open any more.")
        filling = self._filling(user_id, shown.channel_id)
        parts = filling.form(shown.modal["components"], values)
        data = {"custom_id": shown.modal["custom_id"], "components": parts, "resolved": filling.resolved}
        source = self._engine.messages[shown.channel_id].get(shown.source_message_id or 0)
        shown.modal_consumed = True
        try:
            return await self._interact(InteractionType.MODAL_SUBMIT, user_id, shown.channel_id, data, source=source)
        except NoAnswer:
            shown.modal_consumed = False
            raise

    # --- what there is -----------------------------------------------------------------------------------------------

    def commands(self, user_id: int, channel_id: int) -> list[Json]:
        """The commands this person is offered in this channel."""
        if not channel_accessible(self._engine, channel_id, user_id):
            return []
        return self._engine.visible_commands(user_id=user_id, channel_id=channel_id)

    def _called(self, user_id: int, channel_id: int, path: str) -> "_Called":
        name, *below = path.split()
        root = next((each for each in self.commands(user_id, channel_id) if each["name"] == name), None)
        if root is None:
            raise CannotBeDone(f"There is no command /{name} for you here.")
        try:
            leaf, nesting = interactions.walk_to_subcommand(root, below)
        except SetupError:
            raise CannotBeDone(f"There is no command /{path}.") from None
        return _Called(root=root, leaf=leaf, nesting=nesting)

    def _part(self, user_id: int, message: Message, custom_id: str) -> Json:
        seen = channel_accessible(self._engine, message.channel_id, user_id) and message.visible_to(user_id)
        parts = walk_components(message.components) if seen and message.id not in self._engine.dismissed else ()
        part = next((each for each in parts if each.get("custom_id") == custom_id), None)
        if part is None or part.get("disabled"):
            raise CannotBeDone("There is no such button any more.")
        return part

    def _filling(self, user_id: int, channel_id: int) -> Filling:
        return Filling(self._engine, user_id=user_id, channel_id=channel_id)

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


@dataclass(frozen=True, kw_only=True, slots=True)
class _Called:
    """A command somebody calls: where it hangs in the tree."""

    root: Json
    leaf: Json
    nesting: list[str]

    def data(self, options: list[Json], filling: Filling) -> Json:
        return {
            "id": self.root["id"],
            "name": self.root["name"],
            "type": self.root.get("type", 1),
            "options": interactions.nest_options(self.root, self.nesting, options),
            "resolved": filling.resolved,
        }
