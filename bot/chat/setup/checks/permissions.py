"""What the bot and the holders of a role may do in a channel, and which overwrite decides it, as Discord computes it.

The owner and administrators may do everything. For all others the roles' permissions are added up; then the channel's
overwrites apply: that of @everyone, those of the roles together, that of the member. A timeout leaves only looking.
"""

from collections.abc import Collection
from functools import reduce
from operator import or_

import discord

from bot.chat.setup.checks.snapshot import ChannelSnapshot, GuildSnapshot, Overwrite

ALL = discord.Permissions.all().value
LEFT_BY_TIMEOUT = discord.Permissions(view_channel=True, read_message_history=True).value
NEEDS_SEND = discord.Permissions(
    send_tts_messages=True, mention_everyone=True, embed_links=True, attach_files=True
).value


def own_permissions(guild: GuildSnapshot, channel: ChannelSnapshot | None = None) -> discord.Permissions:
    """What the bot may do in `channel`, or in the server as a whole."""
    me = guild.me
    if me.member_id == guild.owner_id:
        return discord.Permissions(ALL)
    allowed = _in_channel(guild, me.role_ids, channel, member_id=me.member_id)
    if me.timed_out_until is not None and not is_administrator(guild, me.role_ids):
        allowed &= LEFT_BY_TIMEOUT
    return discord.Permissions(allowed)


def permissions_of_role(guild: GuildSnapshot, role_id: int, channel: ChannelSnapshot) -> discord.Permissions:
    """What a member may do in `channel` who has only this role, besides the one that everybody has."""
    return discord.Permissions(_in_channel(guild, {role_id} - {guild.server_id}, channel))


def is_administrator(guild: GuildSnapshot, role_ids: Collection[int]) -> bool:
    """Whether one of these roles, or that of everybody, makes its holder an administrator."""
    return discord.Permissions(_sum(guild, role_ids)).administrator


def deciding_overwrite(guild: GuildSnapshot, channel: ChannelSnapshot, permission: str) -> int | None:
    """Whose overwrite denies the bot a permission that it lacks in `channel`: the last that does, in Discord's order.

    None if no role allows it in the server, so that no overwrite is to blame.
    """
    wanted = discord.Permissions(**{permission: True}).value
    if not _sum(guild, guild.me.role_ids) & wanted:
        return None
    order = [guild.server_id, *sorted(guild.me.role_ids), guild.me.member_id]
    denying = {each.target_id for each in channel.overwrites if each.deny & wanted}
    return next((target_id for target_id in reversed(order) if target_id in denying), None)


def _in_channel(
    guild: GuildSnapshot, role_ids: Collection[int], channel: ChannelSnapshot | None, *, member_id: int | None = None
) -> int:
    allowed = _sum(guild, role_ids)
    if discord.Permissions(allowed).administrator:
        return ALL
    if channel is None:
        return allowed
    for targets in ({guild.server_id}, set(role_ids), {member_id}):
        allowed = _applied(allowed, [each for each in channel.overwrites if each.target_id in targets])
    return _without_implied(allowed)


def _sum(guild: GuildSnapshot, role_ids: Collection[int]) -> int:
    ids = {guild.server_id, *role_ids}
    return reduce(or_, (role.permissions for role_id, role in guild.roles.items() if role_id in ids), 0)


def _applied(allowed: int, overwrites: Collection[Overwrite]) -> int:
    """One that allows beats all that deny."""
    denied = reduce(or_, (each.deny for each in overwrites), 0)
    granted = reduce(or_, (each.allow for each in overwrites), 0)
    return (allowed & ~denied) | granted


def _without_implied(allowed: int) -> int:
    """Who cannot see a channel can do nothing there; who cannot write there cannot attach anything."""
    permissions = discord.Permissions(allowed)
    if not permissions.view_channel:
        return 0
    return allowed if permissions.send_messages else allowed & ~NEEDS_SEND
