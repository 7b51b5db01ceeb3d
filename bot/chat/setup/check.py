"""What keeps pairing from working in the chosen channel: what, where, and where to click."""

from dataclasses import dataclass, field

import discord

from bot.domain.display_name import escaped
from bot.domain.server import Server

NEEDED = ("view_channel", "send_messages", "read_message_history")
HIDDEN_NAME = "___hidden___"  # how Discord names a channel to whom it hides it; its permissions are withheld as well


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing that is wrong; `code` names its sentence. It `stops` the panel, or is only worth knowing."""

    code: str
    stops: bool = True
    values: dict[str, str] = field(default_factory=dict)


def findings(server: Server, guild: discord.Guild) -> list[Finding]:
    """What is wrong with the channel and the role, the most telling first; empty where all is well."""
    if server.channel_id is None or guild.unavailable:
        return []
    if guild.me.timed_out_until is not None and guild.me.is_timed_out():
        until = f"<t:{int(guild.me.timed_out_until.timestamp())}:f>"
        return [Finding(code="timed_out", values={"until": until})]
    channel = guild.get_channel(server.channel_id)
    if channel is None:
        return [Finding(code="gone")]
    if not isinstance(channel, discord.TextChannel):
        return [Finding(code="type", values={"channel": channel.mention})]
    if channel.name == HIDDEN_NAME and not channel.permissions_for(guild.me).view_channel:
        return [Finding(code="view_channel.hidden", values={"channel": channel.mention})]
    mine = [_missing(channel, guild.me, permission) for permission in NEEDED]
    first = next((finding for finding in mine if finding is not None), None)
    return [finding for finding in (first, *_for_members(server, channel)) if finding is not None]


def _missing(channel: discord.TextChannel, me: discord.Member, permission: str) -> Finding | None:
    if getattr(channel.permissions_for(me), permission):
        return None
    who = _who_says_no(channel, me, permission)
    inherited = channel.category is not None and channel.permissions_synced
    place = "server" if who is None else "category" if inherited else "channel"
    category = escaped(channel.category.name) if channel.category else ""
    return Finding(
        code=f"{permission}.{place}", values={"channel": channel.mention, "who": who or "", "category": category}
    )


def _who_says_no(channel: discord.TextChannel, me: discord.Member, permission: str) -> str | None:
    """Who said no last in Discord's order: @everyone, my roles, myself; None where no role of the server allows it."""
    if not getattr(me.guild_permissions, permission):
        return None
    last: str | None = None
    asked: tuple[discord.Role | discord.Member, ...] = (channel.guild.default_role, *me.roles[1:], me)
    for who in asked:
        if getattr(channel.overwrites_for(who), permission) is False:
            last = "@everyone" if who == channel.guild.default_role else who.mention
    return last


def _for_members(server: Server, channel: discord.TextChannel) -> list[Finding | None]:
    guild = channel.guild
    role = guild.default_role if server.role_id is None else guild.get_role(server.role_id)
    if role is None:
        return [Finding(code="role_gone")]
    name = "@everyone" if role == guild.default_role else role.mention
    theirs = channel.permissions_for(role)
    values = {"channel": channel.mention, "role": name}
    if not theirs.view_channel:
        return [Finding(code="members_see", stops=False, values=values)]
    if not theirs.use_application_commands:
        return [Finding(code="members_commands", stops=False, values=values)]
    return []
