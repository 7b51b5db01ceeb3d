"""The member who acts, as a value: taken from the interaction, or fetched for a button in a direct message."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import discord

from bot.chat.memberships import MemberPayload, membership_from_payload, membership_of
from bot.chat.ui.components import Interaction
from bot.domain.display_name import clean_display_name
from bot.domain.membership import Membership
from bot.words import Words


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """The member who acts, as Discord described them at `told_at`."""

    member_id: int
    server_id: int
    name: str
    locale: str
    membership: Membership
    told_at: datetime


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
    )


async def fetch_actor(interaction: Interaction, server_id: int, words: Words, now: datetime) -> Actor:
    """The user as a member of `server_id` at `now`; asks Discord if the interaction came from elsewhere."""
    if interaction.guild_id == server_id:
        return actor_in_server(interaction, words, now)
    member: MemberPayload | None = None
    with suppress(discord.NotFound):
        member = await interaction.client.http.get_member(server_id, interaction.user.id)
    name = (member and member.get("nick")) or interaction.user.display_name
    return Actor(
        member_id=interaction.user.id,
        server_id=server_id,
        name=clean_display_name(name, fallback=words("chat.nameless")),
        locale=str(interaction.locale),
        membership=membership_from_payload(member),
        told_at=now,
    )
