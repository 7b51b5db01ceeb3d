"""Answers `/buddy setup` and its card: checks that an admin acts, saves the answer, shows the card again."""

from collections.abc import Awaitable, Callable, Mapping

import discord

from bot.chat.discord_trouble import is_temporary
from bot.chat.setup import custom_ids
from bot.chat.setup.actions import ServerProfile, SetupActions, SetupResult
from bot.chat.setup.cards import may_publish_panel, setup_view
from bot.chat.setup.forms import submitted_topics, topics_form
from bot.chat.setup.panel import find_panel_problem, publish_panel
from bot.chat.setup.permissions import find_problems
from bot.chat.setup.topics import read_topics, topics_of
from bot.chat.ui.components import Handlers, IdFields, Interaction, selected_values, submitted_fields
from bot.chat.ui.layout import card_view
from bot.chat.ui.notices import NotPossible, not_possible_card
from bot.chat.ui.replies import Replies

Save = Callable[[ServerProfile], Awaitable[SetupResult]]


class SetupHandlers:
    """The command, the card and the form of setup. `language_names` are the names of languages by code."""

    def __init__(self, actions: SetupActions, replies: Replies, language_names: Mapping[str, str]) -> None:
        self._actions = actions
        self._replies = replies
        self._language_names = language_names

    def components(self) -> Handlers:
        """The buttons and selects by their custom id."""
        return {
            custom_ids.AUDIENCE: self._save_audience,
            custom_ids.CHANNEL: self._save_channel,
            custom_ids.ROLE: self._save_role,
            custom_ids.TOPICS: self._open_form,
            custom_ids.PUBLISH_PANEL: self._publish_panel,
            custom_ids.PAUSE: self._save_paused,
            custom_ids.CHECK_AGAIN: self._check_again,
        }

    def forms(self) -> Handlers:
        """The form by its custom id."""
        return {custom_ids.TOPICS_FORM: self._form_submitted}

    async def open_card(self, interaction: Interaction) -> None:
        """Answer `/buddy setup`: show the card."""
        await self._replies.defer(interaction, lambda: self._show_card(interaction, self._unchanged))

    async def _save_audience(self, interaction: Interaction, fields: IdFields) -> None:
        version, audience = int(fields["version"]), fields["audience"]
        await self._update_card(interaction, lambda profile: self._actions.set_audience(profile, version, audience))

    async def _save_channel(self, interaction: Interaction, fields: IdFields) -> None:
        version, channel_id = int(fields["version"]), next(map(int, selected_values(interaction)), None)
        await self._update_card(interaction, lambda profile: self._actions.set_channel(profile, version, channel_id))

    async def _save_role(self, interaction: Interaction, fields: IdFields) -> None:
        version, role_id = int(fields["version"]), next(map(int, selected_values(interaction)), None)
        everybody_is_none = None if role_id == interaction.guild_id else role_id
        await self._update_card(
            interaction, lambda profile: self._actions.set_role(profile, version, everybody_is_none)
        )

    async def _save_paused(self, interaction: Interaction, fields: IdFields) -> None:
        version, paused = int(fields["version"]), fields["pause"] == "pause"
        await self._update_card(interaction, lambda profile: self._actions.set_paused(profile, version, paused=paused))

    async def _check_again(self, interaction: Interaction, _: IdFields) -> None:
        await self._update_card(interaction, self._unchanged)

    async def _open_form(self, interaction: Interaction, fields: IdFields) -> None:
        async def send_form() -> None:
            server = await self._actions.current(_profile(_guild(interaction)))
            custom_id = custom_ids.TOPICS_FORM.format(server=server.server_id, version=fields["version"])
            form = topics_form(self._replies.words_of(interaction), custom_id=custom_id, server=server)
            await interaction.response.send_modal(form)

        await self._replies.respond(interaction, send_form)

    async def _form_submitted(self, interaction: Interaction, fields: IdFields) -> None:
        typed, version = submitted_topics(submitted_fields(interaction)), int(fields["version"])

        async def save(profile: ServerProfile) -> SetupResult:
            current = topics_of(await self._actions.current(profile))
            topics, mistake = read_topics(typed, language_names=self._language_names, current=current)
            saved = await self._actions.set_topics(profile, version, topics)
            if mistake is None or saved.note:
                return saved
            return SetupResult(server=saved.server, note=mistake.reason, found=mistake.found)

        await self._update_card(interaction, save)

    async def _publish_panel(self, interaction: Interaction, fields: IdFields) -> None:
        version = int(fields["version"])

        async def publish(profile: ServerProfile) -> SetupResult:
            server = await self._actions.current(profile)
            if server.version != version:
                return SetupResult(server=server, note="changed_meanwhile")
            if not may_publish_panel(server, find_problems(server, _guild(interaction))):
                return SetupResult(server=server)
            try:
                words = self._replies.words_for(server.locale)
                message_id = await publish_panel(interaction.client, server, words)
            except discord.Forbidden as refusal:
                if is_temporary(refusal):
                    raise
                return SetupResult(server=server, note="not_posted")
            return await self._actions.set_panel(profile, version, message_id)

        await self._update_card(interaction, publish)

    async def _unchanged(self, profile: ServerProfile) -> SetupResult:
        return SetupResult(server=await self._actions.current(profile))

    async def _update_card(self, interaction: Interaction, save: Save) -> None:
        await self._replies.defer(interaction, lambda: self._show_card(interaction, save), in_place=True)

    async def _show_card(self, interaction: Interaction, save: Save) -> None:
        words = self._replies.words_of(interaction)
        if not interaction.permissions.manage_guild:
            refusal = not_possible_card(words, NotPossible("manage_server"))
            await self._replies.show_view(interaction, card_view(refusal))
            return
        guild = _guild(interaction)
        result = await save(_profile(guild))
        problems = find_problems(result.server, guild)
        if not problems:
            problems = await find_panel_problem(interaction.client, result.server)
        await self._replies.show_view(interaction, setup_view(words, result, problems))


def _guild(interaction: Interaction) -> discord.Guild:
    if interaction.guild is None:
        raise TypeError("This interaction did not come from a server.")
    return interaction.guild


def _profile(guild: discord.Guild) -> ServerProfile:
    return ServerProfile(server_id=guild.id, name=guild.name, locale=str(guild.preferred_locale))
