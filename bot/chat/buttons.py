"""The buttons on members' cards, and the form behind Change. What a press does is the actions' business."""

import re
from collections.abc import Awaitable, Callable
from contextlib import suppress

import discord

from bot.chat import cards, ids, people, wish_form
from bot.chat.actions.gate import Who
from bot.chat.actions.meetings import Meetings
from bot.chat.actions.search import Search
from bot.chat.answers import Answer, No
from bot.chat.conversation import Conversation, Interaction
from bot.chat.drawing import draw
from bot.chat.pressing import DynamicItem, Press, filled_in, pressable
from bot.chat.wishes import Asked
from bot.domain.ticket import Wishes


class Buttons:
    """What the members' buttons do."""

    def __init__(self, search: Search, meetings: Meetings, conversation: Conversation) -> None:
        self._search = search
        self._meetings = meetings
        self._conversation = conversation

    def items(self) -> list[type[DynamicItem]]:
        """The dynamic items to register with a client."""
        presses: dict[str, Press] = {
            ids.FIND: self._find,
            ids.AGAIN: self._again,
            ids.MOVE: self._move,
            ids.STOP: self._stop,
            ids.DECLINE: self._decline,
            ids.LINK: self._link,
            ids.SHOW: self._show,
            ids.CHANGE: self._change,
        }
        return [pressable(template, press) for template, press in presses.items()]

    def forms(self) -> dict[str, Press]:
        """The submitted forms, by their id's pattern."""
        return {ids.WISHES: self._changed}

    async def _as_member(
        self,
        interaction: Interaction,
        match: re.Match[str],
        work: Callable[[Who], Awaitable[Answer]],
        *,
        in_place: bool,
    ) -> None:
        async def answer() -> Answer:
            words = self._conversation.words(interaction)
            return await work(await people.anywhere(interaction, int(match["server"]), words))

        await self._conversation.answer(interaction, answer, in_place=in_place)

    async def _find(self, interaction: Interaction, match: re.Match[str]) -> None:
        await self._as_member(interaction, match, lambda who: self._search.now(who, Asked()), in_place=False)

    async def _again(self, interaction: Interaction, match: re.Match[str]) -> None:
        any_subject = match["how"] == "any"
        await self._as_member(
            interaction, match, lambda who: self._search.again(who, any_subject=any_subject), in_place=True
        )

    async def _move(self, interaction: Interaction, match: re.Match[str]) -> None:
        await self._as_member(interaction, match, self._search.move, in_place=True)

    async def _stop(self, interaction: Interaction, _: re.Match[str]) -> None:
        here = interaction.guild_id
        await self._conversation.answer(
            interaction, lambda: self._search.stop(interaction.user.id, here=here), in_place=True
        )

    async def _decline(self, interaction: Interaction, match: re.Match[str]) -> None:
        await self._conversation.answer(
            interaction, lambda: self._meetings.decline(interaction.user.id, match["seat"]), in_place=True, card=False
        )

    async def _link(self, interaction: Interaction, _: re.Match[str]) -> None:
        await self._conversation.answer(interaction, lambda: self._meetings.link(interaction.user.id), in_place=True)

    async def _show(self, interaction: Interaction, match: re.Match[str]) -> None:
        theirs = interaction.user.id == int(match["member"])
        await self._conversation.answer(interaction, lambda: self._news(interaction, theirs=theirs), card=theirs)
        if theirs and interaction.message is not None:
            await _remove(interaction.message)

    async def _news(self, interaction: Interaction, *, theirs: bool) -> Answer:
        if not theirs:
            return No(reason="not_yours")
        return await self._search.news(interaction.user.id, here=interaction.guild_id)

    async def _change(self, interaction: Interaction, match: re.Match[str]) -> None:
        async def show_form() -> None:
            words = self._conversation.words(interaction)
            server = await self._search.server(int(match["server"]))
            if server is None:
                refusal = cards.of(words, No(reason="not_set_up"))
                await interaction.response.send_message(view=draw(refusal), ephemeral=True)
                return
            wishes = await self._search.wishes_of(interaction.user.id) or Wishes()
            custom_id = ids.wishes(server.server_id)
            await interaction.response.send_modal(
                wish_form.form(words, custom_id=custom_id, wishes=wishes, server=server)
            )

        await self._conversation.at_once(interaction, show_form)

    async def _changed(self, interaction: Interaction, match: re.Match[str]) -> None:
        asked = wish_form.asked(filled_in(interaction))
        await self._as_member(interaction, match, lambda who: self._search.now(who, asked), in_place=True)


async def _remove(message: discord.Message) -> None:
    """Gone already, or not to be reached any more: either way nothing is left to do."""
    with suppress(discord.NotFound, discord.Forbidden):
        await message.delete()
