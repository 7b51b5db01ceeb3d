"""Answers the commands, buttons and the form of a search: reads the interaction, calls one action, shows the card."""

import logging
from collections.abc import Awaitable, Callable

import aiohttp
import discord

from bot.chat.search.actions import SearchActions
from bot.chat.search.answer_card import answer_card
from bot.chat.search.answers import SearchAnswer
from bot.chat.search.custom_ids import CHANGE, MOVE_HERE, SHOW_NEWS, STOP, WAIT_AGAIN, WISHES_FORM
from bot.chat.search.forms import submitted_wishes, wishes_form
from bot.chat.search.member_wishes import MemberWishes
from bot.chat.search.status import SearchStatus
from bot.chat.search.wishes import RawWishes
from bot.chat.ui.actor import Actor, actor_of
from bot.chat.ui.components import Handlers, IdFields, Interaction, submitted_fields
from bot.chat.ui.notices import FIND_PARTNER, SHOW_STATUS, NotPossible
from bot.chat.ui.replies import Replies

log = logging.getLogger(__name__)

Action = Callable[[], Awaitable[SearchAnswer]]


class SearchHandlers:
    """The commands, buttons and the form of the search feature."""

    def __init__(self, actions: SearchActions, wishes: MemberWishes, status: SearchStatus, replies: Replies) -> None:
        self._actions = actions
        self._wishes = wishes
        self._status = status
        self._replies = replies

    def components(self) -> Handlers:
        """The buttons by their custom id."""
        return {
            FIND_PARTNER: self._find,
            WAIT_AGAIN: self._wait_again,
            MOVE_HERE: self._move_here,
            STOP: self._stop,
            SHOW_STATUS: self._show_status,
            SHOW_NEWS: self._show_news,
            CHANGE: self._open_form,
        }

    def forms(self) -> Handlers:
        """The form by its custom id."""
        return {WISHES_FORM: self._form_submitted}

    async def start(self, interaction: Interaction, raw: RawWishes) -> None:
        """Answer `/study now`."""
        await self.reply_to_actor(interaction, None, lambda actor: self._actions.start(actor, raw))

    async def show_status(self, interaction: Interaction, *, in_place: bool = False) -> None:
        """Answer `/study status`, or the button that does the same, then `in_place` of its card."""

        async def action() -> SearchAnswer:
            return await self._status.now(interaction.user.id, server_id=await self._server_of(interaction))

        await self.reply(interaction, action, in_place=in_place)

    async def leave(self, interaction: Interaction) -> None:
        """Answer `/study leave`."""

        async def action() -> SearchAnswer:
            return await self._actions.leave(interaction.user.id, server_id=await self._server_of(interaction))

        await self.reply(interaction, action)

    async def _find(self, interaction: Interaction, fields: IdFields) -> None:
        server_id = int(fields["server"])
        await self.reply_to_actor(interaction, server_id, lambda actor: self._actions.start(actor, RawWishes()))

    async def _wait_again(self, interaction: Interaction, fields: IdFields) -> None:
        any_subject = fields["how"] == "any"
        await self.reply_to_actor(
            interaction,
            int(fields["server"]),
            lambda actor: self._actions.wait_again(actor, any_subject=any_subject),
            in_place=True,
        )

    async def _move_here(self, interaction: Interaction, fields: IdFields) -> None:
        await self.reply_to_actor(interaction, int(fields["server"]), self._actions.move_here, in_place=True)

    async def _stop(self, interaction: Interaction, _: IdFields) -> None:
        async def action() -> SearchAnswer:
            return await self._actions.stop(interaction.user.id, server_id=await self._server_of(interaction))

        await self.reply(interaction, action, in_place=True)

    async def _show_status(self, interaction: Interaction, _: IdFields) -> None:
        await self.show_status(interaction, in_place=True)

    async def _show_news(self, interaction: Interaction, fields: IdFields) -> None:
        is_meant = interaction.user.id == int(fields["member"])

        async def action() -> SearchAnswer:
            if not is_meant:
                raise NotPossible("not_yours")
            return await self._actions.latest_news(interaction.user.id, server_id=interaction.guild_id)

        await self.reply(interaction, action, becomes_card=is_meant)
        if is_meant and interaction.message is not None:
            await _delete_mention(interaction.message)

    async def _open_form(self, interaction: Interaction, fields: IdFields) -> None:
        async def send_form() -> None:
            server = await self._wishes.to_change(interaction.user.id, int(fields["server"]))
            form = wishes_form(
                self._replies.words_of(interaction),
                custom_id=WISHES_FORM.format(server=server.server_id),
                wishes=await self._wishes.current(interaction.user.id, server, str(interaction.locale)),
                server=server,
            )
            await interaction.response.send_modal(form)

        await self._replies.respond(interaction, send_form)

    async def _form_submitted(self, interaction: Interaction, fields: IdFields) -> None:
        raw = submitted_wishes(submitted_fields(interaction))
        server_id = int(fields["server"])
        await self.reply_to_actor(
            interaction, server_id, lambda actor: self._actions.submit_form(actor, raw), in_place=True
        )

    async def _server_of(self, interaction: Interaction) -> int | None:
        """The server of the interaction; in a direct message that of the member's last search."""
        return interaction.guild_id or await self._wishes.last_server(interaction.user.id)

    async def reply_to_actor(
        self,
        interaction: Interaction,
        server_id: int | None,
        action: Callable[[Actor], Awaitable[SearchAnswer]],
        *,
        in_place: bool = False,
        becomes_card: bool = True,
    ) -> None:
        """Reply to a member of this server, by default the one that the interaction belongs to."""
        words, came_at = self._replies.words_of(interaction), self._replies.now()

        async def act() -> SearchAnswer:
            server = server_id or await self._server_of(interaction)
            if server is None:
                raise NotPossible("no_server")
            return await action(actor_of(interaction, server, words, came_at))

        await self.reply(interaction, act, in_place=in_place, becomes_card=becomes_card)

    async def reply(
        self, interaction: Interaction, action: Action, *, in_place: bool = False, becomes_card: bool = True
    ) -> None:
        """Reply with the card of what the action answers; see Replies.reply."""

        async def newer_answer(shown: SearchAnswer) -> SearchAnswer | None:
            return await self._status.changed_meanwhile(interaction.user.id, shown)

        await self._replies.reply(
            interaction,
            action,
            answer_card,
            in_place=in_place,
            becomes_card=becomes_card,
            newer_answer=newer_answer,
        )


async def _delete_mention(mention: discord.Message) -> None:
    """Delete a mention that has led to its news. If that fails, it stays: its button answers by the present state."""
    try:
        await mention.delete()
    except (discord.DiscordException, aiohttp.ClientError, OSError) as failed:
        log.info("A mention could not be deleted: %s", failed)
