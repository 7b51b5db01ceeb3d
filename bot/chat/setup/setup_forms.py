"""The forms of setup: opened by a button, and answered by their custom id when they are submitted."""

from bot.chat.setup import custom_ids
from bot.chat.setup.actions import ServerProfile, SetupActions, SetupResult, own_words
from bot.chat.setup.card_answers import CardAnswers, guild_of, profile_of
from bot.chat.setup.forms import (
    panel_form,
    rules_form,
    submitted_panel_text,
    submitted_rules,
    submitted_topics,
    topics_form,
)
from bot.chat.setup.steps import Step
from bot.chat.setup.topics import Draft, digest_of, topics_of
from bot.chat.ui.components import Handlers, IdFields, Interaction, submitted_fields
from bot.chat.ui.notices import NotPossible
from bot.chat.ui.replies import Replies
from bot.chat.ui.rules import first_rules, rules_of
from bot.domain.server import Server
from bot.words import Words


class SetupForms:
    """Opens forms over the current settings, or over a draft, and saves what is submitted."""

    def __init__(self, actions: SetupActions, answers: CardAnswers, replies: Replies) -> None:
        self._actions = actions
        self._answers = answers
        self._replies = replies

    def components(self) -> Handlers:
        """The buttons that open a form, and the one that discards a draft, by their custom id."""
        return {
            custom_ids.TOPICS: self._open_topics,
            custom_ids.CORRECT_TOPICS: self._correct_topics,
            custom_ids.DISCARD_DRAFT: self._discard_draft,
            custom_ids.PANEL_TEXT: self._open_panel_text,
            custom_ids.RULES: self._open_rules,
        }

    def forms(self) -> Handlers:
        """The forms by their custom ids."""
        return {
            custom_ids.TOPICS_FORM: self._save_topics,
            custom_ids.FORMER_TOPICS_FORM: self._save_topics,
            custom_ids.TEXT_FORM: self._save_panel_text,
            custom_ids.RULES_FORM: self._save_rules,
        }

    async def _open_topics(self, interaction: Interaction, _: IdFields) -> None:
        await self._replies.respond(interaction, lambda: self._send_topics_form(interaction))

    async def _correct_topics(self, interaction: Interaction, _: IdFields) -> None:
        async def send_form() -> None:
            draft = await self._actions.find_draft(guild_of(interaction).id, interaction.user.id)
            await self._send_topics_form(interaction, draft)

        await self._replies.respond(interaction, send_form)

    async def _send_topics_form(self, interaction: Interaction, draft: Draft | None = None) -> None:
        """Open the form, filled with the draft, or else with the current topics."""
        server = await self._current(interaction)
        filled = draft or Draft(typed=self._actions.typed_now(server), shown=digest_of(topics_of(server)))
        custom_id = custom_ids.TOPICS_FORM.format(server=server.server_id, shown=filled.shown)
        words = self._replies.words_of(interaction)
        await interaction.response.send_modal(topics_form(words, custom_id=custom_id, filled=filled.typed))

    async def _save_topics(self, interaction: Interaction, fields: IdFields) -> None:
        typed, admin_id = submitted_topics(submitted_fields(interaction)), interaction.user.id
        await self._answers.update_shared(
            interaction,
            Step.TOPICS,
            lambda profile: self._actions.set_topics(profile, admin_id, fields.get("shown", ""), typed),
            typed=f"{typed.subjects}\n\n{typed.lengths}\n\n{typed.languages}",
        )

    async def _discard_draft(self, interaction: Interaction, _: IdFields) -> None:
        admin_id = interaction.user.id
        await self._answers.update_shared(
            interaction, Step.TOPICS, lambda profile: self._actions.discard_draft(profile, admin_id)
        )

    async def _open_panel_text(self, interaction: Interaction, _: IdFields) -> None:
        async def send_form() -> None:
            server = await self._current(interaction)
            custom_id = custom_ids.TEXT_FORM.format(server=server.server_id, shown=digest_of(own_words(server)))
            filled = server.panel_text or self._words_of_server(server)("chat.panel.text")
            form = panel_form(self._replies.words_of(interaction), custom_id=custom_id, filled=filled)
            await interaction.response.send_modal(form)

        await self._replies.respond(interaction, send_form)

    async def _save_panel_text(self, interaction: Interaction, fields: IdFields) -> None:
        typed = submitted_panel_text(submitted_fields(interaction))

        async def save(profile: ServerProfile) -> SetupResult:
            ours = self._replies.words_for(profile.locale)("chat.panel.text")
            value = None if typed in {"", ours} else typed
            return await self._actions.set_words(profile, fields["shown"], "panel_text", value)

        await self._answers.update(interaction, Step.LOOK, save, typed=typed)

    async def _open_rules(self, interaction: Interaction, _: IdFields) -> None:
        async def send_form() -> None:
            server = await self._current(interaction)
            custom_id = custom_ids.RULES_FORM.format(server=server.server_id, shown=digest_of(own_words(server)))
            filled = rules_of(self._words_of_server(server), server)
            form = rules_form(self._replies.words_of(interaction), custom_id=custom_id, filled=filled)
            await interaction.response.send_modal(form)

        await self._replies.respond(interaction, send_form)

    async def _save_rules(self, interaction: Interaction, fields: IdFields) -> None:
        typed = submitted_rules(submitted_fields(interaction))

        async def save(profile: ServerProfile) -> SetupResult:
            ours = first_rules(self._replies.words_for(profile.locale))
            value = None if typed in {(), ours} else typed
            return await self._actions.set_words(profile, fields["shown"], "rules", value)

        await self._answers.update(interaction, Step.LOOK, save, typed="\n".join(typed))

    async def _current(self, interaction: Interaction) -> Server:
        """The settings, if an admin asks for them. Raises NotPossible."""
        if not interaction.permissions.manage_guild:
            raise NotPossible("manage_server")
        return await self._actions.current(profile_of(guild_of(interaction)))

    def _words_of_server(self, server: Server) -> Words:
        return self._replies.words_for(server.locale)
