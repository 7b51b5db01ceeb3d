"""Answers `/buddy setup` and its card: checks that an admin acts, saves the answer, shows the card again."""

import asyncio
from collections.abc import Awaitable, Callable
from weakref import WeakValueDictionary

import discord

from bot.chat.setup import custom_ids
from bot.chat.setup.actions import ServerProfile, SetupActions, SetupResult
from bot.chat.setup.cards import setup_view
from bot.chat.setup.forms import submitted_topics, topics_form
from bot.chat.setup.panel import find_panel_problem
from bot.chat.setup.panel_changes import PanelChanges
from bot.chat.setup.permissions import find_problems
from bot.chat.setup.topics import Draft, digest_of, topics_of
from bot.chat.ui.components import Handlers, IdFields, Interaction, selected_values, submitted_fields
from bot.chat.ui.layout import card_view
from bot.chat.ui.notices import NotPossible, not_possible_card
from bot.chat.ui.replies import Replies

Save = Callable[[ServerProfile], Awaitable[SetupResult]]


class SetupHandlers:
    """The command, the card and the form of setup. Changes of one server follow each other."""

    def __init__(self, actions: SetupActions, replies: Replies) -> None:
        self._actions = actions
        self._panel = PanelChanges(actions)
        self._replies = replies
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    def components(self) -> Handlers:
        """The buttons and selects by their custom id."""
        return {
            custom_ids.AUDIENCE: self._save_audience,
            custom_ids.CHANNEL: self._save_channel,
            custom_ids.ROLE: self._save_role,
            custom_ids.TOPICS: self._open_form,
            custom_ids.CORRECT_TOPICS: self._correct_topics,
            custom_ids.DISCARD_DRAFT: self._discard_draft,
            custom_ids.PUBLISH_PANEL: self._publish_panel,
            custom_ids.PAUSE: self._save_paused,
            custom_ids.CHECK_AGAIN: self._check_again,
        }

    def forms(self) -> Handlers:
        """The form by its custom ids."""
        return dict.fromkeys((custom_ids.TOPICS_FORM, custom_ids.FORMER_TOPICS_FORM), self._form_submitted)

    async def open_card(self, interaction: Interaction) -> None:
        """Answer `/buddy setup`: show the card."""
        await self._replies.defer(interaction, lambda: self._show_card(interaction, self._unchanged))

    async def _save_audience(self, interaction: Interaction, fields: IdFields) -> None:
        version, audience = int(fields["version"]), fields["audience"]
        await self._update_card(interaction, lambda profile: self._actions.set_audience(profile, version, audience))

    async def _save_channel(self, interaction: Interaction, fields: IdFields) -> None:
        version, channel_id = int(fields["version"]), next(map(int, selected_values(interaction)), None)
        await self._update_card(
            interaction, lambda profile: self._panel.move(interaction.client, profile, version, channel_id)
        )

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
        await self._update_card(interaction, self._checked)

    async def _open_form(self, interaction: Interaction, _: IdFields) -> None:
        await self._replies.respond(interaction, lambda: self._send_form(interaction))

    async def _correct_topics(self, interaction: Interaction, _: IdFields) -> None:
        async def send_form() -> None:
            draft = await self._actions.find_draft(_guild(interaction).id, interaction.user.id)
            await self._send_form(interaction, draft)

        await self._replies.respond(interaction, send_form)

    async def _send_form(self, interaction: Interaction, draft: Draft | None = None) -> None:
        """Open the form, filled with the draft, or else with the current topics."""
        server = await self._actions.current(_profile(_guild(interaction)))
        filled = draft or Draft(typed=self._actions.typed_now(server), shown=digest_of(topics_of(server)))
        custom_id = custom_ids.TOPICS_FORM.format(server=server.server_id, shown=filled.shown)
        words = self._replies.words_of(interaction)
        await interaction.response.send_modal(topics_form(words, custom_id=custom_id, filled=filled.typed))

    async def _form_submitted(self, interaction: Interaction, fields: IdFields) -> None:
        typed, admin_id = submitted_topics(submitted_fields(interaction)), interaction.user.id
        await self._update_card(
            interaction,
            lambda profile: self._actions.set_topics(profile, admin_id, fields.get("shown", ""), typed),
            typed=f"{typed.subjects}\n\n{typed.lengths}\n\n{typed.languages}",
        )

    async def _discard_draft(self, interaction: Interaction, _: IdFields) -> None:
        admin_id = interaction.user.id
        await self._update_card(interaction, lambda profile: self._actions.discard_draft(profile, admin_id))

    async def _publish_panel(self, interaction: Interaction, fields: IdFields) -> None:
        version, guild = int(fields["version"]), _guild(interaction)

        async def publish(profile: ServerProfile) -> SetupResult:
            words = self._replies.words_for((await self._actions.current(profile)).locale)
            return await self._panel.publish(interaction.client, guild, profile, version, words)

        await self._update_card(interaction, publish)

    async def _unchanged(self, profile: ServerProfile) -> SetupResult:
        return SetupResult(server=await self._actions.current(profile))

    async def _checked(self, profile: ServerProfile) -> SetupResult:
        return SetupResult(server=await self._actions.current(profile), note="checked")

    async def _update_card(self, interaction: Interaction, save: Save, *, typed: str = "") -> None:
        await self._replies.defer(interaction, lambda: self._show_card(interaction, save), in_place=True, typed=typed)

    async def _show_card(self, interaction: Interaction, save: Save) -> None:
        words = self._replies.words_of(interaction)
        if not interaction.permissions.manage_guild:
            refusal = not_possible_card(words, NotPossible("manage_server"))
            await self._replies.show_view(interaction, card_view(refusal))
            return
        guild = _guild(interaction)
        async with self._locks.setdefault(guild.id, asyncio.Lock()):
            saved = await save(_profile(guild))
        problems = find_problems(saved.server, guild)
        if not any(problem.stops for problem in problems):
            problems += await find_panel_problem(interaction.client, saved.server)
        result = await self._actions.with_draft(saved, interaction.user.id)
        await self._replies.show_view(interaction, setup_view(words, result, problems))


def _guild(interaction: Interaction) -> discord.Guild:
    if interaction.guild is None:
        raise TypeError("This interaction did not come from a server.")
    return interaction.guild


def _profile(guild: discord.Guild) -> ServerProfile:
    return ServerProfile(server_id=guild.id, name=guild.name, locale=str(guild.preferred_locale))
