"""What the parts of the setup card do: check who presses, save the answer, show the card again."""

import re
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

import discord

from bot.chat import cards
from bot.chat.conversation import Conversation, Interaction
from bot.chat.drawing import draw as draw_card
from bot.chat.pressing import DynamicItem, Press, chosen, filled_in, pressable
from bot.chat.setup import card, form, ids, topics
from bot.chat.setup.check import findings
from bot.chat.setup.choices import Choices, Place, Saved
from bot.domain.server import Server
from bot.words import Words

Answer = Callable[[Place, int], Awaitable[Saved]]


class SetupPresses:
    """The setup card's behaviour. `language_names` are the languages' names by code."""

    def __init__(self, choices: Choices, conversation: Conversation, language_names: Mapping[str, str]) -> None:
        self._choices = choices
        self._conversation = conversation
        self._language_names = language_names

    def items(self) -> list[type[DynamicItem]]:
        """The dynamic items to register with a client."""
        presses: dict[str, Press] = {
            ids.AUDIENCE: self._audience,
            ids.CHANNEL: self._channel,
            ids.ROLE: self._role,
            ids.TOPICS: self._topics,
            ids.POST: self._post,
            ids.PAUSE: self._pause,
            ids.CHECK: self._check,
        }
        return [pressable(template, press) for template, press in presses.items()]

    def forms(self) -> dict[str, Press]:
        """The submitted forms, by their id's pattern."""
        return {ids.TOPICS_FORM: self._topics_typed}

    async def open(self, interaction: Interaction) -> None:
        """Show the card; what `/buddy setup` does."""

        async def as_it_stands(place: Place) -> Saved:
            return Saved(server=await self._choices.now(place))

        await self._conversation.exchange(interaction, lambda: self._show(interaction, as_it_stands))

    async def _audience(self, interaction: Interaction, match: re.Match[str]) -> None:
        await self._save(
            interaction, match, lambda place, version: self._choices.audience(place, version, match["audience"])
        )

    async def _channel(self, interaction: Interaction, match: re.Match[str]) -> None:
        channel_id = next(map(int, chosen(interaction)), None)
        await self._save(interaction, match, lambda place, version: self._choices.channel(place, version, channel_id))

    async def _role(self, interaction: Interaction, match: re.Match[str]) -> None:
        role_id = next(map(int, chosen(interaction)), None)
        everybody = None if role_id == interaction.guild_id else role_id
        await self._save(interaction, match, lambda place, version: self._choices.role(place, version, everybody))

    async def _pause(self, interaction: Interaction, match: re.Match[str]) -> None:
        paused = match["pause"] == "pause"
        await self._save(interaction, match, lambda place, version: self._choices.paused(place, version, paused=paused))

    async def _check(self, interaction: Interaction, match: re.Match[str]) -> None:
        async def as_it_stands(place: Place, _: int) -> Saved:
            return Saved(server=await self._choices.now(place))

        await self._save(interaction, match, as_it_stands)

    async def _topics(self, interaction: Interaction, match: re.Match[str]) -> None:
        async def show_form() -> None:
            words = self._conversation.words(interaction)
            server = await self._choices.now(_place(_guild(interaction)))
            custom_id = ids.part("form", server.server_id, int(match["version"]))
            await interaction.response.send_modal(form.form(words, custom_id=custom_id, server=server))

        await self._conversation.at_once(interaction, show_form)

    async def _topics_typed(self, interaction: Interaction, match: re.Match[str]) -> None:
        typed = form.typed(filled_in(interaction))

        async def save(place: Place, version: int) -> Saved:
            server = await self._choices.now(place)
            now = topics.Topics(subjects=server.subjects, lengths=server.lengths, languages=server.languages)
            read, mistake = topics.read(*typed, names=self._language_names, now=now)
            saved = await self._choices.topics(place, version, read)
            if mistake is None or saved.note:
                return saved
            return Saved(server=saved.server, note=mistake.reason, found=mistake.found)

        await self._save(interaction, match, save)

    async def _post(self, interaction: Interaction, match: re.Match[str]) -> None:
        async def post(place: Place, version: int) -> Saved:
            guild = _guild(interaction)
            server = await self._choices.now(place)
            if server.version != version or not card.may_post(server, findings(server, guild)):
                return Saved(server=server, note="" if server.version == version else "changed_meanwhile")
            try:
                message_id = await _put_panel(interaction.client, server, self._conversation.spoken(server.locale))
            except discord.Forbidden:
                return Saved(server=server, note="not_posted")
            return await self._choices.panel(place, version, message_id)

        await self._save(interaction, match, post)

    async def _save(self, interaction: Interaction, match: re.Match[str], answer: Answer) -> None:
        version = int(match["version"])
        work = partial(self._show, interaction, lambda place: answer(place, version))
        await self._conversation.exchange(interaction, work, in_place=True)

    async def _show(self, interaction: Interaction, answer: Callable[[Place], Awaitable[Saved]]) -> None:
        words = self._conversation.words(interaction)
        if not interaction.permissions.manage_guild:
            await self._conversation.edit(interaction, cards.plain(words, "no.manage_server"))
            return
        guild = _guild(interaction)
        saved = await answer(_place(guild))
        view = card.draw(words, saved.server, findings(saved.server, guild), note=saved.note, found=saved.found)
        await self._conversation.show(interaction, view)


async def _put_panel(client: discord.Client, server: Server, words: Words) -> int:
    channel = client.get_partial_messageable(server.channel_id or 0, guild_id=server.server_id)
    view = draw_card(cards.panel(words, server_id=server.server_id))
    if server.panel_message_id is not None:
        try:
            await channel.get_partial_message(server.panel_message_id).edit(view=view)
        except discord.NotFound:
            pass
        else:
            return server.panel_message_id
    return (await channel.send(view=view)).id


def _guild(interaction: Interaction) -> discord.Guild:
    if interaction.guild is None:
        raise TypeError("This is answered in servers only.")
    return interaction.guild


def _place(guild: discord.Guild) -> Place:
    return Place(server_id=guild.id, name=guild.name, locale=str(guild.preferred_locale))
