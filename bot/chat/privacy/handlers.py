"""Answers `/privacy` and its buttons, to the member alone. Nothing of these answers is stored."""

from bot.chat.privacy import custom_ids
from bot.chat.privacy.actions import PrivacyActions
from bot.chat.privacy.cards import ask_card, copy_notes, copy_view, deleted_card, kept_card
from bot.chat.privacy.copy_file import FILE_NAME
from bot.chat.ui.components import Handlers, IdFields, Interaction
from bot.chat.ui.layout import Card, card_view
from bot.chat.ui.replies import Replies


class PrivacyHandlers:
    """The commands and the buttons below their answers. Each button answers with a message of its own."""

    def __init__(self, actions: PrivacyActions, replies: Replies) -> None:
        self._actions = actions
        self._replies = replies

    def components(self) -> Handlers:
        """The buttons by their custom id."""
        return {custom_ids.EXPORT: self._export, custom_ids.ASK: self._ask, custom_ids.DELETE: self._delete}

    async def show(self, interaction: Interaction) -> None:
        """Answer `/privacy show`: what is kept, for how long, why, and who sees it."""

        async def work() -> None:
            copy = await self._actions.read(interaction.user.id)
            await self._show_card(interaction, kept_card(self._replies.words_of(interaction), copy))

        await self._replies.defer(interaction, work, records_user=False)

    async def export(self, interaction: Interaction) -> None:
        """Answer `/privacy export`: everything that is kept, as a file."""

        async def work() -> None:
            words, member_id = self._replies.words_of(interaction), interaction.user.id
            copy = await self._actions.read(member_id)
            if not copy.tables:
                await self._show_card(interaction, kept_card(words, copy))
                return
            file = await self._actions.write(member_id, copy, copy_notes(words))
            await self._replies.show_view(interaction, copy_view(words, copy), files={FILE_NAME: file})

        await self._replies.defer(interaction, work, records_user=False)

    async def ask_deletion(self, interaction: Interaction) -> None:
        """Answer `/privacy delete`: ask once."""

        async def work() -> None:
            await self._show_card(interaction, ask_card(self._replies.words_of(interaction)))

        await self._replies.defer(interaction, work, records_user=False)

    async def _export(self, interaction: Interaction, _: IdFields) -> None:
        await self.export(interaction)

    async def _ask(self, interaction: Interaction, _: IdFields) -> None:
        await self.ask_deletion(interaction)

    async def _delete(self, interaction: Interaction, _: IdFields) -> None:
        async def work() -> None:
            await self._actions.delete(interaction.user.id)
            await self._show_card(interaction, deleted_card(self._replies.words_of(interaction)))

        await self._replies.defer(interaction, work, in_place=True, records_user=False)

    async def _show_card(self, interaction: Interaction, card: Card) -> None:
        await self._replies.show_view(interaction, card_view(card))
