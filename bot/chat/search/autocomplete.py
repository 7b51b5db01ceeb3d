"""Answers Discord while a member types an option of `/study now`, in time even if the store is slow."""

from collections.abc import Awaitable, Callable

from bot.chat.search.member_wishes import MemberWishes
from bot.chat.search.suggestions import Choices, suggested_languages, suggested_lengths, suggested_subjects
from bot.chat.ui.components import Interaction
from bot.chat.ui.notices import NotPossible
from bot.chat.ui.replies import Replies
from bot.domain.server import Server
from bot.domain.ticket import ANY


class SearchAutocomplete:
    """The choices of each option: what the server offers; in direct messages the server of the last search."""

    def __init__(self, wishes: MemberWishes, replies: Replies) -> None:
        self._wishes = wishes
        self._replies = replies

    async def subjects(self, interaction: Interaction, typed: str) -> Choices:
        """The subjects that fit `typed`; while the store does not answer, any subject."""
        any_subject = self._replies.words_of(interaction)("chat.any_subject")

        async def fitting(server: Server) -> Choices:
            last = await self._wishes.current(interaction.user.id, server, str(interaction.locale))
            names = [subject.name for subject in server.subjects]
            return suggested_subjects(names, typed, last=last.subject, any_subject=any_subject)

        otherwise = suggested_subjects((), typed, last=ANY, any_subject=any_subject)
        return await self._find(interaction, fitting, otherwise=otherwise)

    async def lengths(self, interaction: Interaction, typed: str) -> Choices:
        """The lengths that fit `typed`; while the store does not answer, any length."""
        words = self._replies.words_of(interaction)

        async def fitting(server: Server) -> Choices:
            return suggested_lengths(words, server.lengths, typed)

        return await self._find(interaction, fitting, otherwise=suggested_lengths(words, (), typed))

    async def languages(self, interaction: Interaction, typed: str) -> Choices:
        """The languages that fit `typed`; none while the store does not answer."""

        async def fitting(server: Server) -> Choices:
            return suggested_languages(server.languages, typed)

        return await self._find(interaction, fitting, otherwise=[])

    async def _find(
        self, interaction: Interaction, fitting: Callable[[Server], Awaitable[Choices]], *, otherwise: Choices
    ) -> Choices:
        """What is `fitting` in the member's server; nothing before its setup."""

        async def find_choices() -> Choices:
            server_id = interaction.guild_id or await self._wishes.last_server(interaction.user.id)
            try:
                server = await self._wishes.server(server_id or 0)
            except NotPossible:
                return []
            return await fitting(server)

        return await self._replies.suggest(find_choices, otherwise=otherwise)
