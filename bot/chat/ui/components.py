"""Finds the handler of a click or a submitted form by its custom id alone, so that a restart loses none."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Self

import discord

from bot.chat.ui.custom_ids import CustomId

Interaction = discord.Interaction[discord.Client]
IdFields = Mapping[str, str]
"""The fields of a custom id, as text."""
Handler = Callable[[Interaction, IdFields], Awaitable[None]]
Handlers = Mapping[CustomId, Handler]
DynamicItem = discord.ui.DynamicItem[discord.ui.Item[Any]]


def dynamic_item(custom_id: CustomId, handler: Handler) -> type[DynamicItem]:
    """A class to register with a client: `handler` answers every component with such a custom id."""

    class HandledItem(discord.ui.DynamicItem[discord.ui.Item[Any]], template=custom_id.pattern):
        def __init__(self, item: discord.ui.Item[Any], fields: IdFields) -> None:
            super().__init__(item)
            self._fields = fields

        @classmethod
        async def from_custom_id(cls, _: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
            return cls(item, match.groupdict())

        async def callback(self, interaction: Interaction) -> None:
            await handler(interaction, self._fields)

    return HandledItem


class FormRouter:
    """Passes submitted forms to their handlers; the library itself does so only for forms it has in memory."""

    def __init__(self, handlers: Handlers) -> None:
        self._handlers = handlers

    async def dispatch(self, interaction: Interaction) -> None:
        """Call the handler of a submitted form; does nothing for any other interaction."""
        if interaction.type is not discord.InteractionType.modal_submit:
            return
        submitted_id = _data(interaction).get("custom_id", "")
        for custom_id, handler in self._handlers.items():
            match = custom_id.pattern.fullmatch(submitted_id)
            if match is not None:
                await handler(interaction, match.groupdict())


def selected_values(interaction: Interaction) -> Sequence[str]:
    """The values chosen in the select that was used; ids as text."""
    return tuple(_data(interaction).get("values", ()))


def submitted_fields(interaction: Interaction) -> Mapping[str, Sequence[str]]:
    """The values of a submitted form by the custom id of their field."""
    fields = [label.get("component", {}) for label in _data(interaction).get("components", ())]
    return {field["custom_id"]: _field_values(field) for field in fields if "custom_id" in field}


def _field_values(field: Mapping[str, Any]) -> Sequence[str]:
    return tuple(field["values"]) if "values" in field else (field.get("value") or "",)


def _data(interaction: Interaction) -> Mapping[str, Any]:
    return dict(interaction.data or {})
