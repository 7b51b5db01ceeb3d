"""Answers `/buddy setup`, `/buddy check` and their card: checks that an admin acts, saves, shows the card."""

from bot.chat.setup import custom_ids
from bot.chat.setup.actions import ServerProfile, SetupActions, SetupResult
from bot.chat.setup.card_answers import CardAnswers, NoteShown, guild_of
from bot.chat.setup.inspection import Inspection
from bot.chat.setup.last_step import LastStep
from bot.chat.setup.panel_changes import PanelChanges
from bot.chat.setup.setup_forms import SetupForms
from bot.chat.setup.steps import Step, opening_step
from bot.chat.ui.components import Handlers, IdFields, Interaction, selected_values
from bot.chat.ui.replies import Replies
from bot.domain.gate import Gate


class SetupHandlers:
    """The commands, the card and the forms of setup. Changes of one server follow each other."""

    def __init__(
        self,
        actions: SetupActions,
        inspection: Inspection,
        last_step: LastStep,
        replies: Replies,
        note_shown: NoteShown,
    ) -> None:
        self._actions = actions
        self._panel = PanelChanges(actions)
        self._last_step = last_step
        self._replies = replies
        self._answers = CardAnswers(actions, inspection, replies, note_shown)
        self._forms = SetupForms(actions, self._answers, replies)

    def components(self) -> Handlers:
        """The buttons and selects by their custom id."""
        return {
            custom_ids.AUDIENCE: self._save_audience,
            custom_ids.MINOR_ROLE: self._save_minor_role,
            custom_ids.ADULT_ROLE: self._save_adult_role,
            custom_ids.VIDEO: self._save_video,
            custom_ids.CHANNEL: self._save_channel,
            custom_ids.STAFF_CHANNEL: self._save_staff_channel,
            custom_ids.ROLE: self._save_role,
            custom_ids.READER_ROLE: self._save_reader_role,
            custom_ids.GATE: self._save_gate,
            custom_ids.PUBLISH_PANEL: self._publish_panel,
            custom_ids.PAUSE: self._save_paused,
            custom_ids.CHECK_AGAIN: self._check_again,
            custom_ids.SHOW_STEP: self._show_step,
            custom_ids.START: self._start,
            **self._forms.components(),
            **self._last_step.components(self._answers),
        }

    def forms(self) -> Handlers:
        """The forms by their custom ids."""
        return self._forms.forms()

    async def open_card(self, interaction: Interaction) -> None:
        """Answer `/buddy setup`: show the first open question, or the overview."""
        await self._answers.open(interaction, opening_step)

    async def open_check(self, interaction: Interaction) -> None:
        """Answer `/buddy check`: show everything that is wrong."""
        await self._answers.open_check(interaction)

    async def _start(self, interaction: Interaction, _: IdFields) -> None:
        await self.open_card(interaction)

    async def _show_step(self, interaction: Interaction, fields: IdFields) -> None:
        await self._answers.show(interaction, Step(int(fields["step"])))

    async def _check_again(self, interaction: Interaction, _: IdFields) -> None:
        await self._answers.update(interaction, Step.OVERVIEW, self._answers.checked)

    async def _save_audience(self, interaction: Interaction, fields: IdFields) -> None:
        version, audience = int(fields["version"]), fields["audience"]
        await self._answers.update(
            interaction, Step.AUDIENCE, lambda profile: self._actions.set_audience(profile, version, audience)
        )

    async def _save_minor_role(self, interaction: Interaction, fields: IdFields) -> None:
        await self._choose(interaction, fields, Step.AUDIENCE, "minor_role_id")

    async def _save_adult_role(self, interaction: Interaction, fields: IdFields) -> None:
        await self._choose(interaction, fields, Step.AUDIENCE, "adult_role_id")

    async def _save_video(self, interaction: Interaction, fields: IdFields) -> None:
        version, hides = int(fields["version"]), fields["video"] == "hidden"
        await self._answers.update(
            interaction,
            Step.AUDIENCE,
            lambda profile: self._actions.choose(profile, version, hides_partner_video=hides),
        )

    async def _save_staff_channel(self, interaction: Interaction, fields: IdFields) -> None:
        await self._choose(interaction, fields, Step.PLACES, "staff_channel_id")

    async def _save_role(self, interaction: Interaction, fields: IdFields) -> None:
        await self._choose(interaction, fields, Step.PEOPLE, "role_id")

    async def _save_reader_role(self, interaction: Interaction, fields: IdFields) -> None:
        await self._choose(interaction, fields, Step.PEOPLE, "reader_role_id")

    async def _choose(self, interaction: Interaction, fields: IdFields, step: Step, field: str) -> None:
        """Save a role or channel. The role of everybody is none."""
        version, chosen = int(fields["version"]), next(map(int, selected_values(interaction)), None)
        value = None if chosen == interaction.guild_id else chosen
        await self._answers.update(
            interaction, step, lambda profile: self._actions.choose(profile, version, **{field: value})
        )

    async def _save_gate(self, interaction: Interaction, fields: IdFields) -> None:
        version, gate = int(fields["version"]), next(map(Gate, selected_values(interaction)), None)
        await self._answers.update(
            interaction, Step.PEOPLE, lambda profile: self._actions.choose(profile, version, gate=gate)
        )

    async def _save_channel(self, interaction: Interaction, fields: IdFields) -> None:
        version, channel_id = int(fields["version"]), next(map(int, selected_values(interaction)), None)
        await self._answers.update(
            interaction,
            Step.PLACES,
            lambda profile: self._panel.move(interaction.client, profile, version, channel_id),
        )

    async def _save_paused(self, interaction: Interaction, fields: IdFields) -> None:
        version, paused = int(fields["version"]), fields["pause"] == "pause"
        await self._answers.update(
            interaction, Step.OVERVIEW, lambda profile: self._actions.set_paused(profile, version, paused=paused)
        )

    async def _publish_panel(self, interaction: Interaction, fields: IdFields) -> None:
        version, guild = int(fields["version"]), guild_of(interaction)

        async def publish(profile: ServerProfile) -> SetupResult:
            words = self._replies.words_for((await self._actions.current(profile)).locale)
            return await self._panel.publish(interaction.client, guild, profile, version, words)

        await self._answers.update_shared(interaction, Step.LOOK, publish)
