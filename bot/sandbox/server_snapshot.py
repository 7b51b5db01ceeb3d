"""What the page is sent about each server: its members, bans and switches, its roles, and its channels."""

from collections.abc import Mapping
from datetime import datetime

import discord

from bot.sandbox.discord.simcord_internals import AppCommandType, Channel, ChannelType, Guild
from bot.sandbox.event_feed import Event
from bot.sandbox.server_switches import ServerSwitches
from bot.sandbox.world import World


class ServerSnapshot:
    """Describes the servers of `world` as JSON; ids are strings, as in Discord's API."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._fake_discord = world.fake_discord
        self._backend = world.fake_discord.backend
        self._switches = ServerSwitches(world)

    def describe_server(self, guild: Guild) -> Event:
        """The server itself, with its members by id."""
        shown = [*self._fake_discord.people, self._backend.bot_user.id]
        return {
            "id": str(guild.id),
            "name": guild.name,
            "has_bot": self._backend.bot_is_in(guild.id),
            "members": {str(each): self._member_json(guild, each) for each in shown if each in guild.members},
            "banned": [str(user_id) for user_id in guild.bans],
            "switches": [
                {"id": each.id, "group": each.group, "name": each.name, "on": each.is_on}
                for each in self._switches.list_switches(guild.id)
            ],
        }

    def _member_json(self, guild: Guild, user_id: int) -> Event:
        member = guild.members[user_id]
        until = datetime.fromisoformat(member.timed_out_until) if member.timed_out_until else None
        return {
            "roles": [str(role_id) for role_id in member.role_ids],
            "admin": self._world.is_admin(guild.id, user_id),
            "joined_at": member.joined_at,
            "account_made_at": discord.utils.snowflake_time(user_id).isoformat(),
            "timed_out_until": until.isoformat() if until and until > self._backend.clock.now() else None,
        }

    def list_roles(self, guild: Guild) -> list[Event]:
        """Its roles but the bot's own; `fixed` ones cannot be given or changed."""
        return [
            {"id": str(role.id), "name": role.name.lstrip("@"), "server": str(guild.id), "fixed": role.id == guild.id}
            for role in guild.roles.values()
            if not role.managed
        ]

    def list_channels(self, guild: Guild) -> list[Event]:
        """Its channels and categories, with who reads each and which commands Discord offers them there."""
        members = [person for person in self._fake_discord.people if person in guild.members]
        channels = [self._backend.get_channel(channel_id) for channel_id in guild.channel_ids]
        return [self._channel_json(channel, members) for channel in channels]

    def _channel_json(self, channel: Channel, members: list[int]) -> Event:
        readers = self._fake_discord.channel_readers(channel.id)
        return {
            "id": str(channel.id),
            "server": str(channel.guild_id),
            "type": int(channel.type),
            "name": channel.name,
            "topic": channel.topic,
            "category": str(channel.parent_id) if channel.parent_id else None,
            "locked": len(readers) < len(members),
            "readers": [str(reader) for reader in readers],
            "commands": self._commands_by_reader(channel, readers),
        }

    def _commands_by_reader(self, channel: Channel, readers: list[int]) -> Mapping[str, list[str]]:
        if channel.type == ChannelType.CATEGORY:
            return {}
        return {str(reader): self._offered_ids(reader, channel.id) for reader in readers}

    def offered_commands(self, user_id: int, channel_id: int) -> Mapping[str, list[str]]:
        """The ids of the commands that Discord offers somebody in a channel, by their id."""
        return {str(user_id): self._offered_ids(user_id, channel_id)}

    def _offered_ids(self, user_id: int, channel_id: int) -> list[str]:
        """Of the commands and of the entries of the menu *Apps* on members."""
        person = self._fake_discord.people[user_id]
        offered = [
            *self._fake_discord.offered_commands(person, channel_id),
            *self._fake_discord.offered_menus(person, channel_id, AppCommandType.USER),
        ]
        return [str(command["id"]) for command in offered]
