"""Answers the two buttons below the rules."""

from bot.chat.search.answers import SearchAnswer
from bot.chat.search.custom_ids import AGREE, NOT_NOW
from bot.chat.search.handlers import SearchHandlers
from bot.chat.search.rules_actions import RulesActions
from bot.chat.ui.components import Handlers, IdFields, Interaction


class RulesHandlers:
    """The buttons *I agree* and *Not now*."""

    def __init__(self, actions: RulesActions, search: SearchHandlers) -> None:
        self._actions = actions
        self._search = search

    def components(self) -> Handlers:
        """The buttons by their custom id."""
        return {AGREE: self._agree, NOT_NOW: self._decline}

    async def _agree(self, interaction: Interaction, fields: IdFields) -> None:
        await self._search.reply_to_actor(
            interaction,
            int(fields["server"]),
            lambda actor: self._actions.agree(actor, fields["version"]),
            in_place=True,
        )

    async def _decline(self, interaction: Interaction, fields: IdFields) -> None:
        async def action() -> SearchAnswer:
            return await self._actions.decline(interaction.user.id, int(fields["server"]))

        await self._search.reply(interaction, action, in_place=True)
