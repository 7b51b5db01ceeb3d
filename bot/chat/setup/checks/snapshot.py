"""A Discord server at one moment, as a value: what the checks need of its roles and of the channels in its settings."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import discord

from bot.chat.discord_limits import MAX_PLACE_NAME_LETTERS
from bot.chat.ui.text import escape_markdown
from bot.domain.display_name import clean_display_name
from bot.domain.server import Server

HIDDEN_NAME = "___hidden___"  # the name that Discord gives to channels hidden from us; their overwrites are hidden too


@dataclass(frozen=True, kw_only=True, slots=True)
class RoleSnapshot:
    """A role: its permissions in the server, and whether members choose it themselves."""

    permissions: int
    is_self_picked: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Overwrite:
    """What a channel allows and denies a role or a member."""

    target_id: int
    allow: int = 0
    deny: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelSnapshot:
    """A channel. `is_synced`: it has the overwrites of its category, whose name is `category`."""

    channel_id: int
    overwrites: tuple[Overwrite, ...] = ()
    is_text: bool = True
    is_hidden: bool = False
    is_age_restricted: bool = False
    category: str = ""
    is_synced: bool = False

    @property
    def mention(self) -> str:
        """Markup that Discord shows as the channel's name."""
        return f"<#{self.channel_id}>"


@dataclass(frozen=True, kw_only=True, slots=True)
class MemberSnapshot:
    """A member with their roles, without the one that everybody has; `timed_out_until` is None unless they are."""

    member_id: int
    role_ids: frozenset[int] = frozenset()
    timed_out_until: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class GuildSnapshot:
    """A server: `me` is the bot; `roles` are all that there are, by id; `channels` those in the settings that exist."""

    server_id: int
    owner_id: int
    me: MemberSnapshot
    roles: Mapping[int, RoleSnapshot]
    channels: Mapping[int, ChannelSnapshot]

    def mention_of(self, target_id: int) -> str:
        """Markup for a role or member: everybody has a role with the server's own id."""
        if target_id == self.server_id:
            return "@everyone"
        return f"<@&{target_id}>" if target_id in self.roles else f"<@{target_id}>"


def take_snapshot(guild: discord.Guild, server: Server) -> GuildSnapshot:
    """The server as the gateway has told of it. Asks nothing."""
    me = guild.me
    return GuildSnapshot(
        server_id=guild.id,
        owner_id=guild.owner_id or 0,
        me=MemberSnapshot(
            member_id=me.id,
            role_ids=frozenset(role.id for role in me.roles[1:]),
            timed_out_until=me.timed_out_until if me.is_timed_out() else None,
        ),
        roles={
            role.id: RoleSnapshot(permissions=role.permissions.value, is_self_picked=role.flags.in_prompt)
            for role in guild.roles
        },
        channels=_channels_of(guild, {server.channel_id, server.staff_channel_id}),
    )


def _channels_of(guild: discord.Guild, channel_ids: Collection[int | None]) -> Mapping[int, ChannelSnapshot]:
    found = [guild.get_channel(channel_id) for channel_id in channel_ids if channel_id is not None]
    return {channel.id: _channel(channel) for channel in found if channel is not None}


def _channel(channel: discord.abc.GuildChannel) -> ChannelSnapshot:
    category = channel.category
    return ChannelSnapshot(
        channel_id=channel.id,
        overwrites=tuple(_overwrite(target.id, rule) for target, rule in channel.overwrites.items()),
        is_text=isinstance(channel, discord.TextChannel) and not channel.is_news(),
        is_hidden=channel.name == HIDDEN_NAME and not channel.permissions_for(channel.guild.me).view_channel,
        is_age_restricted=isinstance(channel, discord.TextChannel) and channel.is_nsfw(),
        category=_cleaned(category.name) if category else "",
        is_synced=category is not None and channel.permissions_synced,
    )


def _overwrite(target_id: int, rule: discord.PermissionOverwrite) -> Overwrite:
    allow, deny = rule.pair()
    return Overwrite(target_id=target_id, allow=allow.value, deny=deny.value)


def _cleaned(name: str) -> str:
    return escape_markdown(clean_display_name(name, fallback="", max_letters=MAX_PLACE_NAME_LETTERS))
