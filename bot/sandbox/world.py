"""What people do in Discord beside talking to the bot: they join, get roles, are banned, change servers and the bot.

Every act takes effect at once, and the bot hears of it as it would from Discord.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

import discord

from bot.sandbox.discord.fake_discord import BOT_PERMISSIONS, FakeDiscord, Person
from bot.sandbox.discord.simcord_internals import (
    BackendError,
    ChannelType,
    Guild,
    Overwrite,
    OverwriteType,
    Role,
    guild_create_payload,
)
from bot.sandbox.discord.user_input import ImpossibleAction
from bot.sandbox.permission_settings import PermissionSettings

VIEW_CHANNEL = discord.Permissions(view_channel=True).value
MANAGE_SERVER = discord.Permissions(manage_guild=True).value
MAX_NAME_LETTERS = 100  # of channels and roles


class World:
    """The servers of `fake_discord`, the people in them, and the acts that change them.

    The acts raise ImpossibleAction for what Discord would not let anybody do.
    """

    def __init__(self, fake_discord: FakeDiscord) -> None:
        self.fake_discord = fake_discord
        self.permissions = PermissionSettings(fake_discord.backend)
        self._backend = fake_discord.backend

    # --- servers -----------------------------------------------------------------------------------------------------

    @property
    def servers(self) -> list[Guild]:
        """All of them, the first one first."""
        return list(self._backend.guilds.values())

    def add_server(self, name: str) -> int:
        """Add a server with the bot in it and no channels. Returns its id."""
        return self.fake_discord.add_server(name)

    def remove_bot(self, server_id: int) -> None:
        """Remove the bot from a server, and with it the role that its invitation made."""
        guild, bot = self._server(server_id), self._backend.bot_user
        self._require(self._backend.bot_is_in(server_id), f"{bot.global_name} isn't in {guild.name}.")
        self._backend.remove_member(server_id, bot.id)
        for role_id in [role.id for role in guild.roles.values() if role.managed]:
            self._backend.delete_role(server_id, role_id)
        self._backend.emit("GUILD_DELETE", {"id": str(server_id)})

    def invite_bot(self, server_id: int) -> None:
        """Invite the bot to a server again, with the permissions that its invitation asks for."""
        guild, bot = self._server(server_id), self._backend.bot_user
        self._require(not self._backend.bot_is_in(server_id), f"{bot.global_name} is in {guild.name} already.")
        self._require(bot.id not in guild.bans, f"{bot.global_name} is banned from {guild.name}.")
        role = self._backend.create_role(server_id, bot.name, permissions=BOT_PERMISSIONS, managed=True)
        self._backend.add_member(server_id, bot.id, roles=[role.id])
        self._backend.emit("GUILD_CREATE", dict(guild_create_payload(self._backend, guild)))

    def switch_commands(self, server_id: int, command_id: int, *, off: bool) -> None:
        """Switch a command off for everyone in a server's Integrations settings, or back on.

        With the application's id as `command_id` it is all commands.
        """
        self._server(server_id)
        entries = [{"id": str(server_id), "type": discord.AppCommandPermissionType.role.value, "permission": False}]
        self._backend.set_command_permissions(server_id, command_id, entries if off else [])

    def commands_are_off(self, server_id: int, command_id: int) -> bool:
        """Whether a command is switched off for everyone in a server."""
        entries = self._backend.get_command_permissions(server_id, command_id) or []
        return any(int(entry["id"]) == server_id and not entry["permission"] for entry in entries)

    @contextmanager
    def acting_admin(self, server_id: int) -> Iterator[None]:
        """What is done inside the block is done by the first admin of a server, or by its owner if it has none."""
        guild = self._server(server_id)
        admins = (user_id for user_id in self.fake_discord.people if self.is_admin(server_id, user_id))
        with self._backend.acting_as(next(admins, guild.owner_id)):
            yield

    # --- members -----------------------------------------------------------------------------------------------------

    def join(
        self, server_id: int, person: Person, *, roles: Collection[int] = (), joined_at: datetime | None = None
    ) -> None:
        """Let a person join a server; with `joined_at` they joined then, and nobody hears of it now."""
        guild = self._server(server_id)
        self._require(person.id not in guild.bans, f"{person.name} is banned from {guild.name}.")
        self._require(person.id not in guild.members, f"{person.name} is in {guild.name} already.")
        member = self._backend.add_member(server_id, person.id, roles=roles, announce=joined_at is None)
        if joined_at is not None:
            member.joined_at = joined_at.isoformat()

    def give_role(self, server_id: int, user_id: int, role_id: int) -> None:
        """Give a member a role."""
        self._require_member(server_id, user_id)
        self._changeable_role(server_id, role_id)
        self._backend.add_member_role(server_id, user_id, role_id)

    def take_role(self, server_id: int, user_id: int, role_id: int) -> None:
        """Take a role from a member."""
        self._require_member(server_id, user_id)
        self._changeable_role(server_id, role_id)
        self._backend.remove_member_role(server_id, user_id, role_id)

    def time_out(self, server_id: int, user_id: int, until: datetime | None) -> None:
        """Time a member out until then, or end their timeout."""
        self._require_member(server_id, user_id)
        changes = {"timed_out_until": until.isoformat() if until else None}
        self._backend.edit_member(server_id, user_id, changes)

    def kick(self, server_id: int, user_id: int) -> None:
        """Remove a member from a server; they may join again."""
        self._require_member(server_id, user_id)
        if user_id == self._backend.bot_user.id:
            self.remove_bot(server_id)
        else:
            self._backend.kick_member(server_id, user_id)

    def ban(self, server_id: int, user_id: int) -> None:
        """Ban somebody from a server; a member is removed from it."""
        guild = self._server(server_id)
        self._require(user_id not in guild.bans, "They are banned already.")
        if user_id == self._backend.bot_user.id and self._backend.bot_is_in(server_id):
            self.remove_bot(server_id)
        self._backend.apply_ban(server_id, user_id, None)

    def unban(self, server_id: int, user_id: int) -> None:
        """Lift a ban; who was banned may join again."""
        self._require(user_id in self._server(server_id).bans, "They aren't banned.")
        self._backend.remove_ban(server_id, user_id)

    def is_admin(self, server_id: int, user_id: int) -> bool:
        """Whether somebody may manage a server, by their roles there."""
        return bool(self._backend.compute_permissions(server_id, user_id) & MANAGE_SERVER)

    # --- roles and channels ------------------------------------------------------------------------------------------

    def add_role(self, server_id: int, name: str, permissions: discord.Permissions | None = None) -> int:
        """Add a role and return its id."""
        self._server(server_id)
        value = permissions.value if permissions else 0
        return self._backend.create_role(server_id, _checked_name(name), permissions=value).id

    def add_category(self, server_id: int, name: str) -> int:
        """Add a category and return its id."""
        return self._backend.create_channel(server_id, _checked_name(name), type=ChannelType.CATEGORY).id

    def add_channel(
        self,
        server_id: int,
        name: str,
        *,
        topic: str = "",
        only: Collection[int] | None = None,
        category: int | None = None,
    ) -> int:
        """Add a text channel and return its id. With `only`, just these roles and the bot can see it."""
        self._server(server_id)
        overwrites = [] if only is None else self._private_overwrites(server_id, only)
        title = _checked_name(name)
        return self._backend.create_channel(server_id, title, overwrites=overwrites, topic=topic, parent_id=category).id

    def _private_overwrites(self, server_id: int, roles: Collection[int]) -> list[Overwrite]:
        bot_id = self._backend.bot_user.id
        return [
            Overwrite(target_id=server_id, type=OverwriteType.ROLE, deny=VIEW_CHANNEL),
            *(Overwrite(target_id=role, type=OverwriteType.ROLE, allow=VIEW_CHANNEL) for role in roles),
            Overwrite(target_id=bot_id, type=OverwriteType.MEMBER, allow=VIEW_CHANNEL),
        ]

    def rename(self, server_id: int, thing_id: int, name: str) -> None:
        """Rename a channel, category or role."""
        if thing_id in self._server(server_id).roles:
            self._backend.edit_role(
                server_id, self._changeable_role(server_id, thing_id).id, {"name": _checked_name(name)}
            )
        else:
            self._require_channel(server_id, thing_id)
            self._backend.edit_channel(thing_id, {"name": _checked_name(name)})

    def delete(self, server_id: int, thing_id: int) -> None:
        """Delete a channel, category or role; a category's channels stay."""
        if thing_id in self._server(server_id).roles:
            self._backend.delete_role(server_id, self._changeable_role(server_id, thing_id).id)
            return
        self._require_channel(server_id, thing_id)
        for channel_id in self._server(server_id).channel_ids:
            if self._backend.get_channel(channel_id).parent_id == thing_id:
                self._backend.edit_channel(channel_id, {"parent_id": None})
        self._backend.delete_channel(thing_id)

    # --- what can be done --------------------------------------------------------------------------------------------

    def _server(self, server_id: int) -> Guild:
        try:
            return self._backend.get_guild(server_id)
        except BackendError:
            raise ImpossibleAction("There's no such server.") from None

    def _changeable_role(self, server_id: int, role_id: int) -> Role:
        role = self._server(server_id).roles.get(role_id)
        if role is None or role.managed or role_id == server_id:
            raise ImpossibleAction("This role can't be changed here, or is gone.")
        return role

    def _require_member(self, server_id: int, user_id: int) -> None:
        self._require(user_id in self._server(server_id).members, "They aren't in this server.")

    def _require_channel(self, server_id: int, channel_id: int) -> None:
        self._require(channel_id in self._server(server_id).channel_ids, "This channel is gone.")

    @staticmethod
    def _require(holds: bool, otherwise: str) -> None:
        if not holds:
            raise ImpossibleAction(otherwise)


def _checked_name(name: str) -> str:
    if not 1 <= len(name.strip()) <= MAX_NAME_LETTERS:
        raise ImpossibleAction(f"Write a name of 1 to {MAX_NAME_LETTERS} letters.")
    return name.strip()
