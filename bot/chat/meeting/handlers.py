"""Answers the commands and buttons about a live match: reads the interaction, calls one action, shows the card."""

from bot.chat.meeting.actions import MeetingActions
from bot.chat.meeting.cards import match_card
from bot.chat.meeting.custom_ids import DECLINE, NEW_LINK
from bot.chat.ui.components import Handlers, IdFields, Interaction
from bot.chat.ui.notices import notice_card
from bot.chat.ui.replies import Replies


class MeetingHandlers:
    """The commands and buttons of the meeting feature."""

    def __init__(self, actions: MeetingActions, replies: Replies) -> None:
        self._actions = actions
        self._replies = replies

    def components(self) -> Handlers:
        """The buttons by their custom id."""
        return {NEW_LINK: self._new_link, DECLINE: self._decline}

    async def show_new_link(self, interaction: Interaction) -> None:
        """Answer `/study link`."""
        await self._replies.reply(interaction, lambda: self._actions.new_link(interaction.user.id), match_card)

    async def _new_link(self, interaction: Interaction, _: IdFields) -> None:
        await self._replies.reply(
            interaction, lambda: self._actions.new_link(interaction.user.id), match_card, in_place=True
        )

    async def _decline(self, interaction: Interaction, fields: IdFields) -> None:
        await self._replies.reply(
            interaction,
            lambda: self._actions.decline(interaction.user.id, fields["seat"]),
            notice_card,
            in_place=True,
            becomes_invitation=False,
        )
