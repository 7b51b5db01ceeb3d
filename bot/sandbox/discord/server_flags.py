"""What Discord tells of servers, members and roles and simcord has no place for: flags, and where safety alerts go."""

from collections.abc import Iterable
from typing import Any

import discord

from bot.sandbox.discord.simcord_internals import Backend, Member

DID_REJOIN = discord.MemberFlags(did_rejoin=True).value
"""Set by Discord itself."""


class ServerFlags(Backend):
    """A backend that keeps the flags of members and roles, and each server's channel for safety alerts."""

    def __init__(self, **clock: Any) -> None:  # noqa: ANN401 -- passed on to simcord
        self._member_flags: dict[tuple[int, int], int] = {}
        self._role_flags: dict[int, int] = {}
        self._safety_channels: dict[int, int] = {}
        self._former_members: set[tuple[int, int]] = set()
        super().__init__(**clock)

    def member_flags(self, guild_id: int, user_id: int) -> int:
        """A member's flags, as in discord.MemberFlags."""
        return self._member_flags.get((guild_id, user_id), 0)

    def set_member_flags(self, guild_id: int, user_id: int, flags: discord.MemberFlags) -> None:
        """Give a member these flags and no others."""
        self.get_member(guild_id, user_id)
        self._member_flags[guild_id, user_id] = flags.value
        self.announce_member_update(guild_id, user_id)

    def role_flags(self, role_id: int) -> int:
        """A role's flags, as in discord.RoleFlags."""
        return self._role_flags.get(role_id, 0)

    def set_role_flags(self, guild_id: int, role_id: int, flags: discord.RoleFlags) -> None:
        """Give a role these flags and no others: `in_prompt` if members choose it themselves when they join."""
        role = self.get_role(guild_id, role_id)
        self._role_flags[role_id] = flags.value
        self.announce_role_updates(guild_id, [role])

    def safety_channel(self, guild_id: int) -> int | None:
        """The id of the channel for Discord's own safety alerts; None if the server has none."""
        return self._safety_channels.get(guild_id)

    def set_safety_channel(self, guild_id: int, channel_id: int) -> None:
        """Choose the channel for Discord's own safety alerts."""
        self._safety_channels[guild_id] = self.get_channel(channel_id).id
        self.edit_guild(guild_id, {})

    def add_member(
        self,
        guild_id: int,
        user_id: int,
        *,
        roles: Iterable[int] = (),
        nick: str | None = None,
        avatar: str | None = None,
        announce: bool = False,
    ) -> Member:
        if (guild_id, user_id) in self._former_members:
            self._member_flags[guild_id, user_id] = DID_REJOIN
        return super().add_member(guild_id, user_id, roles=roles, nick=nick, avatar=avatar, announce=announce)

    def remove_member(self, guild_id: int, user_id: int) -> None:
        super().remove_member(guild_id, user_id)
        self._member_flags.pop((guild_id, user_id), None)
        self._former_members.add((guild_id, user_id))
