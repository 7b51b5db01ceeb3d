"""The last step of setup: an admin tries the way into a room, and staff are told what was chosen."""

from bot.chat.setup import custom_ids
from bot.chat.setup.actions import ServerProfile, SetupActions, SetupResult
from bot.chat.setup.card_answers import CardAnswers
from bot.chat.setup.staff_cards import finished_card
from bot.chat.setup.staff_channel import StaffChannel
from bot.chat.setup.steps import Step
from bot.chat.setup.trial import TrialActions
from bot.chat.ui.components import Handlers, IdFields, Interaction
from bot.chat.ui.replies import Replies


class LastStep:
    """The buttons of the last step."""

    def __init__(self, actions: SetupActions, trials: TrialActions, staff: StaffChannel, replies: Replies) -> None:
        self._actions = actions
        self._trials = trials
        self._staff = staff
        self._replies = replies

    def components(self, answers: CardAnswers) -> Handlers:
        """The buttons by their custom id; `answers` shows the card afterwards."""

        async def send_links(interaction: Interaction, _: IdFields) -> None:
            await answers.update(interaction, Step.TRIAL, lambda profile: self._send_links(interaction, profile))

        async def finish(interaction: Interaction, _: IdFields) -> None:
            await answers.update(interaction, Step.OVERVIEW, lambda profile: self._finish(interaction, profile))

        return {custom_ids.SEND_TEST_LINKS: send_links, custom_ids.FINISH: finish}

    async def _send_links(self, interaction: Interaction, profile: ServerProfile) -> SetupResult:
        """The links come as messages; how far they get is shown below the card."""
        server = await self._actions.current(profile)
        await self._replies.keep_for_follow_ups(interaction)
        locale = str(interaction.locale)
        start = await self._trials.start(server.server_id, interaction.user.id, locale=locale)
        until = await self._trials.find_next_start(server.server_id, interaction.user.id)
        return SetupResult(server=server, note=f"trial_{start}", until=until)

    async def _finish(self, interaction: Interaction, profile: ServerProfile) -> SetupResult:
        """Tell staff what was chosen, and by whom."""
        await self._trials.finish(interaction.user.id)
        server = await self._actions.current(profile)
        card = finished_card(self._replies.words_for(server.locale), server, interaction.user.id)
        is_told = await self._staff.post(interaction.client, server, card, once=f"done {server.version}")
        if is_told:
            return SetupResult(server=server, note="done_told", channel_id=server.staff_channel_id)
        return SetupResult(server=server, note="done", channel_id=server.channel_id)
