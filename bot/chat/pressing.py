"""How a press on an id finds its answer: a button or select made anew for each press, so a restart loses none."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Self

import discord

from bot.chat.conversation import Interaction

Press = Callable[[Interaction, re.Match[str]], Awaitable[None]]
DynamicItem = discord.ui.DynamicItem[discord.ui.Item[Any]]


def pressable(template: str, press: Press) -> type[DynamicItem]:
    """The dynamic item that answers every component whose id matches `template`."""

    class Pressed(discord.ui.DynamicItem[discord.ui.Item[Any]], template=template):
        def __init__(self, item: discord.ui.Item[Any], match: re.Match[str]) -> None:
            super().__init__(item)
            self._match = match

        @classmethod
        async def from_custom_id(cls, _: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
            return cls(item, match)

        async def callback(self, interaction: Interaction) -> None:
            await press(interaction, self._match)

    return Pressed


class Forms:
    """Which submitted modal is answered by whom, by the modal's id."""

    def __init__(self, answers: Mapping[str, Press]) -> None:
        self._answers = {re.compile(template): press for template, press in answers.items()}

    async def submitted(self, interaction: Interaction) -> None:
        """Answer a submitted modal; anything else is left to the library."""
        if interaction.type is not discord.InteractionType.modal_submit:
            return
        custom_id = _data(interaction).get("custom_id", "")
        for template, press in self._answers.items():
            match = template.fullmatch(custom_id)
            if match is not None:
                await press(interaction, match)


def chosen(interaction: Interaction) -> Sequence[str]:
    """What was chosen in the pressed select, as ids or values."""
    return tuple(_data(interaction).get("values", ()))


def filled_in(interaction: Interaction) -> Mapping[str, Sequence[str]]:
    """What was filled into a submitted modal: values by field."""
    fields = [label.get("component", {}) for label in _data(interaction).get("components", ())]
    return {field["custom_id"]: _values(field) for field in fields if "custom_id" in field}


def _values(field: Mapping[str, Any]) -> Sequence[str]:
    return tuple(field["values"]) if "values" in field else (field.get("value") or "",)


def _data(interaction: Interaction) -> Mapping[str, Any]:
    return dict(interaction.data or {})
