"""The member who acts, as a value: what their interaction tells of them."""

from dataclasses import dataclass
from datetime import datetime

import discord

from bot.chat.memberships import membership_of, role_ids_of
from bot.chat.ui.components import Interaction
from bot.domain.display_name import clean_display_name
from bot.domain.membership import Membership
from bot.words import Words


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """The member who acts, as Discord described them at `told_at`.

    `membership` is None if their interaction came from elsewhere, for example from a direct message: then `name` is
    that of the user. `server_role_ids` are all roles that the server has, None if that is not known.
    """

    member_id: int
    server_id: int
    name: str
    locale: str
    membership: Membership | None
    told_at: datetime
    server_role_ids: frozenset[int] | None = None


def actor_of(interaction: Interaction, server_id: int, words: Words, now: datetime) -> Actor:
    """The user of an interaction that came at `now`, as a member of `server_id`."""
    user = interaction.user
    member = user if isinstance(user, discord.Member) and interaction.guild_id == server_id else None
    name = member.display_name if member else user.global_name or user.name
    return Actor(
        member_id=user.id,
        server_id=server_id,
        name=clean_display_name(name, fallback=words("chat.nameless")),
        locale=str(interaction.locale),
        membership=membership_of(member) if member else None,
        told_at=now,
        server_role_ids=role_ids_of(interaction.client.get_guild(server_id)),
    )
