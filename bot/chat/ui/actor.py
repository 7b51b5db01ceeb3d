"""The member who acts, as a value: taken from the interaction, or fetched for a button in a direct message."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import discord

from bot.chat.ui.components import Interaction
from bot.domain.display_name import clean_display_name
from bot.words import Words

QUARANTINED_NAME = 1 << 7  # the member flag of a name that AutoMod quarantined

MemberPayload = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """The member who acts, as their server knows them now. `barred` says why they cannot be matched, if so."""

    member_id: int
    server_id: int
    name: str
    locale: str
    role_ids: frozenset[int] = frozenset()
    barred: str | None = None


def actor_in_server(interaction: Interaction, words: Words) -> Actor:
    """The member who used a command or component in a server. Raises TypeError outside of servers."""
    member = interaction.user
    if not isinstance(member, discord.Member):
        raise TypeError("This interaction did not come from a server.")
    return Actor(
        member_id=member.id,
        server_id=member.guild.id,
        name=clean_display_name(member.display_name, fallback=words("chat.nameless")),
        locale=str(interaction.locale),
        role_ids=frozenset(member._roles),  # noqa: SLF001  # `roles` leaves out what the cache does not hold yet
        barred="name_held" if member.flags.value & QUARANTINED_NAME else None,
    )


async def fetch_actor(interaction: Interaction, server_id: int, words: Words) -> Actor:
    """The user as a member of `server_id`; asks Discord if the interaction came from elsewhere."""
    if interaction.guild_id == server_id:
        return actor_in_server(interaction, words)
    member: MemberPayload | None = None
    with suppress(discord.NotFound):
        member = await interaction.client.http.get_member(server_id, interaction.user.id)
    return _actor_from_payload(interaction, server_id, member, words)


def _actor_from_payload(interaction: Interaction, server_id: int, member: MemberPayload | None, words: Words) -> Actor:
    name = (member and member.get("nick")) or interaction.user.display_name
    return Actor(
        member_id=interaction.user.id,
        server_id=server_id,
        name=clean_display_name(name, fallback=words("chat.nameless")),
        locale=str(interaction.locale),
        role_ids=frozenset(int(role) for role in member["roles"]) if member else frozenset(),
        barred=_why_barred(member, interaction.created_at),
    )


def _why_barred(member: MemberPayload | None, now: datetime) -> str | None:
    if not member:
        return "not_member"
    if int(member.get("flags", 0)) & QUARANTINED_NAME:
        return "name_held"
    until = member.get("communication_disabled_until")
    return "timed_out" if until and datetime.fromisoformat(until) > now else None
