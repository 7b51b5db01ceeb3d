"""Answers `/study block` and `/study unblock`; reports have handlers of their own."""

import discord

from bot.chat.safety.actions import BlockActions
from bot.chat.safety.report_handlers import ReportHandlers
from bot.chat.ui.components import Interaction
from bot.chat.ui.notices import Notice, NotPossible, notice_card
from bot.chat.ui.replies import Replies
from bot.domain.display_name import clean_display_name


class SafetyHandlers:
    """The commands of the safety feature. `reports` answers those about reports."""

    def __init__(self, actions: BlockActions, replies: Replies, reports: ReportHandlers) -> None:
        self._actions = actions
        self._replies = replies
        self.reports = reports

    async def block(self, interaction: Interaction, user: discord.User | None) -> None:
        """Block `user`, or the last partner; apps cannot be blocked."""

        async def action() -> Notice:
            if user is None:
                nameless = self._replies.words_of(interaction)("chat.your_partner")
                return await self._actions.block_last_partner(interaction.user.id, nameless=nameless)
            if user.bot:
                raise NotPossible("app")
            return await self._actions.block(interaction.user.id, user.id, name=self._name_of(user, interaction))

        await self._replies.reply(interaction, action, notice_card, becomes_card=False)

    async def unblock(self, interaction: Interaction, user: discord.User) -> None:
        """Remove the block of `user`."""
        await self._replies.reply(
            interaction,
            lambda: self._actions.unblock(interaction.user.id, user.id, name=self._name_of(user, interaction)),
            notice_card,
            becomes_card=False,
        )

    def _name_of(self, user: discord.User | discord.Member, interaction: Interaction) -> str:
        return clean_display_name(user.display_name, fallback=self._replies.words_of(interaction)("chat.nameless"))
