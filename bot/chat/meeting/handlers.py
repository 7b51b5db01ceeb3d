"""Answers the commands and buttons about a match: reads the interaction, calls one action, shows the card."""

from collections.abc import Awaitable, Callable

from bot.chat.meeting.actions import MeetingActions, SeatAnswer
from bot.chat.meeting.cards import seat_card
from bot.chat.meeting.custom_ids import DECLINE, NEW_LINK, UNDO
from bot.chat.ui.components import Handlers, IdFields, Interaction
from bot.chat.ui.replies import Replies


class MeetingHandlers:
    """The commands and buttons of the meeting feature."""

    def __init__(self, actions: MeetingActions, replies: Replies) -> None:
        self._actions = actions
        self._replies = replies

    def components(self) -> Handlers:
        """The buttons by their custom id."""
        return {NEW_LINK: self._new_link, DECLINE: self._decline, UNDO: self._undo}

    async def show_new_link(self, interaction: Interaction) -> None:
        """Answer `/study link`."""
        await self._reply(interaction, lambda: self._actions.new_link(interaction.user.id), in_place=False)

    async def _new_link(self, interaction: Interaction, _: IdFields) -> None:
        await self._reply(interaction, lambda: self._actions.new_link(interaction.user.id))

    async def _decline(self, interaction: Interaction, fields: IdFields) -> None:
        await self._reply(interaction, lambda: self._actions.decline(interaction.user.id, fields["seat"]))

    async def _undo(self, interaction: Interaction, fields: IdFields) -> None:
        await self._reply(interaction, lambda: self._actions.undo(interaction.user.id, fields["seat"]))

    async def _reply(
        self, interaction: Interaction, action: Callable[[], Awaitable[SeatAnswer]], *, in_place: bool = True
    ) -> None:
        await self._replies.reply(interaction, action, seat_card, in_place=in_place)
