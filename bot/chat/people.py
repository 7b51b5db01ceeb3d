"""Who acts: Discord's member as the value that the actions know, also for presses in direct messages."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

import discord

from bot.chat.actions.gate import Who
from bot.domain.display_name import clean
from bot.words import Words

NAME_HELD_BACK = 1 << 7  # the member flag with which Discord marks a name that AutoMod quarantined

Interaction = discord.Interaction[discord.Client]
Payload = Mapping[str, Any]


def in_server(interaction: Interaction, words: Words) -> Who:
    """The member who used a command or button in a server."""
    member = interaction.user
    if not isinstance(member, discord.Member):
        raise TypeError("This is answered in servers only.")
    return Who(
        member_id=member.id,
        server_id=member.guild.id,
        name=clean(member.display_name, otherwise=words("chat.nameless")),
        locale=str(interaction.locale),
        role_ids=frozenset(member._roles),  # noqa: SLF001  # `roles` leaves out what the cache does not hold yet
        barred="name_held" if member.flags.value & NAME_HELD_BACK else None,
    )


async def anywhere(interaction: Interaction, server_id: int, words: Words) -> Who:
    """The presser as a member of `server_id`, asked from Discord where the press came by direct message."""
    if interaction.guild_id == server_id:
        return in_server(interaction, words)
    found: Payload | None = None
    with suppress(discord.NotFound):
        found = await interaction.client.http.get_member(server_id, interaction.user.id)
    return _from_payload(interaction, server_id, found, words)


def _from_payload(interaction: Interaction, server_id: int, found: Payload | None, words: Words) -> Who:
    name = (found and found.get("nick")) or interaction.user.display_name
    return Who(
        member_id=interaction.user.id,
        server_id=server_id,
        name=clean(name, otherwise=words("chat.nameless")),
        locale=str(interaction.locale),
        role_ids=frozenset(int(role) for role in found["roles"]) if found else frozenset(),
        barred=_barred(found, interaction.created_at),
    )


def _barred(found: Payload | None, now: datetime) -> str | None:
    if not found:
        return "not_member"
    if int(found.get("flags", 0)) & NAME_HELD_BACK:
        return "name_held"
    until = found.get("communication_disabled_until")
    return "timed_out" if until and datetime.fromisoformat(until) > now else None
