"""Answers `/buddy ban` and `/buddy unban`: admins keep a member from being matched in their server, or end that."""

from typing import Final

import discord

from bot.chat.ui.components import Interaction
from bot.chat.ui.notices import Notice, NotPossible, notice_card
from bot.chat.ui.replies import Replies
from bot.clock import Clock, new_id
from bot.domain.display_name import clean_display_name
from bot.store.bans import Bans

MAX_REASON_LETTERS: Final = 300


class BanHandlers:
    """The two commands. Discord hides them from others than admins; who acts is looked at again."""

    def __init__(self, bans: Bans, replies: Replies, clock: Clock) -> None:
        self._bans = bans
        self._replies = replies
        self._clock = clock

    async def ban(self, interaction: Interaction, user: discord.User | discord.Member, reason: str) -> None:
        """Ban a member of the server, or somebody who has left it, from being matched there."""

        async def action() -> Notice:
            server_id = require_admin(interaction)
            _require_other_person(interaction, user)
            done = await self._bans.ban(
                server_id,
                user.id,
                admin_id=interaction.user.id,
                ban_id=new_id(self._clock),
                sentence=reason,
                now=self._clock.now(),
            )
            if not done:
                raise NotPossible("banned_already", member=self._name_of(user, interaction))
            return Notice(key="banned", values={"member": self._name_of(user, interaction)})

        await self._replies.reply(interaction, action, notice_card, becomes_card=False)

    async def unban(self, interaction: Interaction, user: discord.User | discord.Member, reason: str) -> None:
        """Lift every ban of a member in the server; no admin lifts their own."""

        async def action() -> Notice:
            server_id = require_admin(interaction)
            _require_other_person(interaction, user)
            done = await self._bans.unban(
                server_id, user.id, admin_id=interaction.user.id, sentence=reason, now=self._clock.now()
            )
            if not done:
                raise NotPossible("not_banned", member=self._name_of(user, interaction))
            return Notice(key="unbanned", values={"member": self._name_of(user, interaction)})

        await self._replies.reply(interaction, action, notice_card, becomes_card=False)

    def _name_of(self, user: discord.User | discord.Member, interaction: Interaction) -> str:
        return clean_display_name(user.display_name, fallback=self._replies.words_of(interaction)("chat.nameless"))


def require_admin(interaction: Interaction) -> int:
    """The server in which an admin acts. Raises NotPossible for everybody else."""
    if interaction.guild_id is None or not interaction.permissions.manage_guild:
        raise NotPossible("admins_only")
    return interaction.guild_id


def _require_other_person(interaction: Interaction, user: discord.User | discord.Member) -> None:
    if user.bot:
        raise NotPossible("app")
    if user.id == interaction.user.id:
        raise NotPossible("own_ban")
