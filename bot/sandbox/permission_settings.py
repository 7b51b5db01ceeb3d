"""What a server's roles and its channels' permission overwrites say of one permission: allowed, denied, or nothing."""

from enum import StrEnum

import discord

from bot.sandbox.discord.backend import DiscordBackend
from bot.sandbox.discord.simcord_internals import Channel, ChannelType, Overwrite, OverwriteType


class Setting(StrEnum):
    """What is said of a permission in one place. A role says ALLOW or nothing."""

    ALLOW = "allow"
    NEUTRAL = "neutral"
    DENY = "deny"


class PermissionSettings:
    """Reads and writes settings.

    A *place* is the id of a channel or category, or the server's own for its roles. A *holder* is the id of the bot, or
    of a role (the server's own id: @everyone). In the server, the bot's settings are those of its own role.
    """

    def __init__(self, backend: DiscordBackend) -> None:
        self._backend = backend

    def read(self, server_id: int, place: int, holder: int, permission: str) -> Setting:
        """What is said there of the permission, called as in discord.Permissions."""
        bit = _bit_of(permission)
        if place == server_id:
            return Setting.ALLOW if self._role_permissions(server_id, holder) & bit else Setting.NEUTRAL
        return _overwrite_setting(self._backend.get_channel(place), holder, bit)

    def write(self, server_id: int, place: int, holder: int, permission: str, setting: Setting) -> None:
        """Say this of the permission.

        In a category it goes for each of its channels, too, whose overwrites are the category's, as in Discord.
        """
        bit = _bit_of(permission)
        if place == server_id:
            role_id, value = self._role_of(server_id, holder), self._role_permissions(server_id, holder)
            permissions = value | bit if setting is Setting.ALLOW else value & ~bit
            self._backend.edit_role(server_id, role_id, {"permissions": permissions})
            return
        for channel_id in [place, *self._synced_channels(server_id, place)]:
            self._write_overwrite(channel_id, holder, bit, setting)

    def _role_of(self, server_id: int, holder: int) -> int:
        if holder != self._backend.bot_user.id:
            return holder
        return next(role.id for role in self._backend.get_guild(server_id).roles.values() if role.managed)

    def _role_permissions(self, server_id: int, holder: int) -> int:
        return self._backend.get_role(server_id, self._role_of(server_id, holder)).permissions

    def _synced_channels(self, server_id: int, category_id: int) -> list[int]:
        category = self._backend.get_channel(category_id)
        if category.type != ChannelType.CATEGORY:
            return []
        channels = [self._backend.get_channel(each) for each in self._backend.get_guild(server_id).channel_ids]
        return [each.id for each in channels if each.parent_id == category_id and _same_overwrites(each, category)]

    def _write_overwrite(self, channel_id: int, holder: int, bit: int, setting: Setting) -> None:
        present = _overwrite_of(self._backend.get_channel(channel_id), holder)
        allow, deny = (present.allow, present.deny) if present else (0, 0)
        allow = allow | bit if setting is Setting.ALLOW else allow & ~bit
        deny = deny | bit if setting is Setting.DENY else deny & ~bit
        if not allow and not deny:
            self._backend.delete_overwrite(channel_id, holder)
            return
        kind = OverwriteType.MEMBER if holder == self._backend.bot_user.id else OverwriteType.ROLE
        self._backend.set_overwrite(channel_id, Overwrite(target_id=holder, type=kind, allow=allow, deny=deny))


def _bit_of(permission: str) -> int:
    return discord.Permissions(**{permission: True}).value


def _overwrite_of(channel: Channel, holder: int) -> Overwrite | None:
    return next((each for each in channel.overwrites if each.target_id == holder), None)


def _overwrite_setting(channel: Channel, holder: int, bit: int) -> Setting:
    overwrite = _overwrite_of(channel, holder)
    if overwrite is None or not (overwrite.allow | overwrite.deny) & bit:
        return Setting.NEUTRAL
    return Setting.ALLOW if overwrite.allow & bit else Setting.DENY


def _same_overwrites(one: Channel, other: Channel) -> bool:
    def said(channel: Channel) -> set[tuple[int, int, int]]:
        return {(each.target_id, each.allow, each.deny) for each in channel.overwrites}

    return said(one) == said(other)
