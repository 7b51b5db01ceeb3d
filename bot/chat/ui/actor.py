"""The member who acts, as a value: taken from the interaction, or fetched for a button in a direct message."""

from dataclasses import dataclass
from datetime import datetime

import discord

from bot.chat.memberships import MemberPayload, membership_from_payload, membership_of
from bot.chat.ui.components import Interaction
from bot.domain.display_name import clean_display_name
from bot.domain.membership import Membership
from bot.words import Words

NO_SUCH_MEMBER = frozenset({10007, 10013})  # not in the server, or nobody's id


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """The member who acts, as Discord described them at `told_at`; no `membership` if the bot is not in the server.

    `server_role_ids` are all roles that the server has, None if that is not known.
    """

    member_id: int
    server_id: int
    name: str
    locale: str
    membership: Membership | None
    told_at: datetime
    server_role_ids: frozenset[int] | None = None


def actor_in_server(interaction: Interaction, words: Words, now: datetime) -> Actor:
    """The member who used a command or component in a server, at `now`. Raises TypeError outside of servers."""
    member = interaction.user
    if not isinstance(member, discord.Member):
        raise TypeError("This interaction did not come from a server.")
    return Actor(
        member_id=member.id,
        server_id=member.guild.id,
        name=clean_display_name(member.display_name, fallback=words("chat.nameless")),
        locale=str(interaction.locale),
        membership=membership_of(member),
        told_at=now,
        server_role_ids=_roles_of(member.guild),
    )


async def fetch_actor(interaction: Interaction, server_id: int, words: Words, now: datetime) -> Actor:
    """The user as a member of `server_id` at `now`; asks Discord if the interaction came from elsewhere."""
    if interaction.guild_id == server_id:
        return actor_in_server(interaction, words, now)
    member: MemberPayload | None = None
    is_bot_there = True
    try:
        member = await interaction.client.http.get_member(server_id, interaction.user.id)
    except (discord.NotFound, discord.Forbidden) as refused:
        is_bot_there = refused.code in NO_SUCH_MEMBER
    name = (member and member.get("nick")) or interaction.user.display_name
    return Actor(
        member_id=interaction.user.id,
        server_id=server_id,
        name=clean_display_name(name, fallback=words("chat.nameless")),
        locale=str(interaction.locale),
        membership=membership_from_payload(member) if is_bot_there else None,
        told_at=now,
        server_role_ids=_roles_of(interaction.client.get_guild(server_id)),
    )


def _roles_of(guild: discord.Guild | None) -> frozenset[int] | None:
    return None if guild is None or guild.unavailable else frozenset(role.id for role in guild.roles)
