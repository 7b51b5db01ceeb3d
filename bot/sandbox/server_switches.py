"""The switches that break a server for the bot or its members, each with a plain name."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

import discord

from bot.sandbox.discord.simcord_internals import Channel, ChannelType, Guild, OverwriteType
from bot.sandbox.discord.user_input import ImpossibleAction
from bot.sandbox.permission_settings import Setting
from bot.sandbox.world import VIEW_CHANNEL, World

COMMANDS, ROLES = "App commands", "Roles"
IN_PROMPT = discord.RoleFlags(in_prompt=True).value


class Holder(StrEnum):
    """Whose permission a switch sets."""

    BOT = "bot"
    EVERYONE = "everyone"


@dataclass(frozen=True, kw_only=True, slots=True)
class Breakage:
    """What a switch says of a permission when it is on, and when it is off. `name` has a gap for the place's."""

    name: str
    holder: Holder
    permission: str
    on: Setting = Setting.DENY
    off: Setting = Setting.NEUTRAL


IN_CHANNELS = (
    Breakage(name="Hide {} from the bot", holder=Holder.BOT, permission="view_channel"),
    Breakage(name="Stop the bot writing in {}", holder=Holder.BOT, permission="send_messages"),
    Breakage(name="Stop the bot embedding links in {}", holder=Holder.BOT, permission="embed_links"),
    Breakage(name="Stop the bot attaching files in {}", holder=Holder.BOT, permission="attach_files"),
    Breakage(name="Hide old messages in {} from the bot", holder=Holder.BOT, permission="read_message_history"),
    Breakage(name="Hide {} from everyone", holder=Holder.EVERYONE, permission="view_channel"),
    Breakage(name="Stop everyone writing in {}", holder=Holder.EVERYONE, permission="send_messages"),
    Breakage(name="Hide app commands in {}", holder=Holder.EVERYONE, permission="use_application_commands"),
)
# In channels that only some roles can see, in place of those with the same holder and permission:
IN_PRIVATE_CHANNELS = (
    replace(IN_CHANNELS[0], off=Setting.ALLOW),
    replace(IN_CHANNELS[5], name="Show {} to everyone", on=Setting.NEUTRAL, off=Setting.DENY),
)


def _taken(name: str, holder: Holder, permission: str) -> Breakage:
    return Breakage(name=name, holder=holder, permission=permission, on=Setting.NEUTRAL, off=Setting.ALLOW)


def _given(name: str, permission: str) -> Breakage:
    return Breakage(name=name, holder=Holder.BOT, permission=permission, on=Setting.ALLOW)


IN_SERVERS = (
    _given("Give the bot Administrator", "administrator"),
    _given("Show the bot the audit log", "view_audit_log"),
    _taken("Take View Channels from the bot's role", Holder.BOT, "view_channel"),
    _taken("Take Send Messages from the bot's role", Holder.BOT, "send_messages"),
    _taken("Take View Channels from @everyone", Holder.EVERYONE, "view_channel"),
    _taken("Take Send Messages from @everyone", Holder.EVERYONE, "send_messages"),
    _taken("Take Use Application Commands from @everyone", Holder.EVERYONE, "use_application_commands"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Switch:
    """One switch as it stands; `group` is the name of what it belongs to."""

    id: str
    group: str
    name: str
    is_on: bool


class ServerSwitches:
    """The switches of every server of `world`. Those of the bot's permissions are there while the bot is."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._backend = world.fake_discord.backend

    def list_switches(self, server_id: int) -> list[Switch]:
        """All switches of a server: of the server itself, its categories and channels, its roles and its commands."""
        guild = self._backend.get_guild(server_id)
        return [
            *(self._permission_switch(guild, *each) for each in self._breakages(guild)),
            *(self._role_switch(*each) for each in self._roles(guild)),
            *(self._command_switch(server_id, *each) for each in self._commands(server_id)),
        ]

    def turn_switch(self, server_id: int, switch_id: str, *, on: bool) -> None:
        """Turn a switch on or off. Raises ImpossibleAction if there is none with this id."""
        guild = self._backend.get_guild(server_id)
        for place, breakage in self._breakages(guild):
            if switch_id == _switch_id(place, breakage):
                setting = breakage.on if on else breakage.off
                holder = self._holder_id(server_id, breakage)
                self._world.permissions.write(server_id, place, holder, breakage.permission, setting)
                return
        for role_id, _ in self._roles(guild):
            if switch_id == _role_switch_id(role_id):
                self._backend.set_role_flags(server_id, role_id, discord.RoleFlags(in_prompt=on))
                return
        for command_id, _ in self._commands(server_id):
            if switch_id == str(command_id):
                self._world.switch_commands(server_id, command_id, off=on)
                return
        raise ImpossibleAction("This switch is gone.")

    def _breakages(self, guild: Guild) -> Iterator[tuple[int, Breakage]]:
        """Each breakage of a server with the id of its place."""
        channels = [self._backend.get_channel(each) for each in guild.channel_ids]
        places = [(guild.id, IN_SERVERS), *((each.id, _breakages_in(each, guild.id)) for each in channels)]
        is_there = self._backend.bot_is_in(guild.id)
        for place, breakages in places:
            yield from ((place, each) for each in breakages if is_there or each.holder is not Holder.BOT)

    def _permission_switch(self, guild: Guild, place: int, breakage: Breakage) -> Switch:
        holder = self._holder_id(guild.id, breakage)
        setting = self._world.permissions.read(guild.id, place, holder, breakage.permission)
        name = "Whole server" if place == guild.id else _channel_title(self._backend.get_channel(place))
        return Switch(
            id=_switch_id(place, breakage), group=name, name=breakage.name.format(name), is_on=setting is breakage.on
        )

    def _holder_id(self, server_id: int, breakage: Breakage) -> int:
        return self._backend.bot_user.id if breakage.holder is Holder.BOT else server_id

    def _roles(self, guild: Guild) -> Iterator[tuple[int, str]]:
        """The roles that members can have, by id."""
        yield from ((role.id, role.name) for role in guild.roles.values() if role.id != guild.id and not role.managed)

    def _role_switch(self, role_id: int, name: str) -> Switch:
        is_on = bool(self._backend.role_flags(role_id) & IN_PROMPT)
        title = f"Let members choose {name} themselves"
        return Switch(id=_role_switch_id(role_id), group=ROLES, name=title, is_on=is_on)

    def _commands(self, server_id: int) -> Iterator[tuple[int, str]]:
        """What can be switched off in a server's Integrations settings, by id: all commands, and each of them."""
        if self._backend.bot_is_in(server_id):
            yield self._backend.application_id, "Switch all commands off for everyone"
            for command in self._world.fake_discord.registered_commands():
                yield int(command["id"]), f"Switch /{command['name']} off for everyone"

    def _command_switch(self, server_id: int, command_id: int, name: str) -> Switch:
        is_off = self._world.commands_are_off(server_id, command_id)
        return Switch(id=str(command_id), group=COMMANDS, name=name, is_on=is_off)


def _switch_id(place: int, breakage: Breakage) -> str:
    return f"{place}-{breakage.holder}-{breakage.permission}"


def _role_switch_id(role_id: int) -> str:
    return f"{role_id}-in_prompt"


def _breakages_in(channel: Channel, server_id: int) -> tuple[Breakage, ...]:
    """The breakages of a channel or category."""
    roles = (each for each in channel.overwrites if each.type == OverwriteType.ROLE and each.target_id != server_id)
    special = IN_PRIVATE_CHANNELS if any(each.allow & VIEW_CHANNEL for each in roles) else ()
    by_meaning = {(each.holder, each.permission): each for each in (*IN_CHANNELS, *special)}
    return tuple(by_meaning.values())


def _channel_title(channel: Channel) -> str:
    return f"{channel.name} (category)" if channel.type == ChannelType.CATEGORY else f"#{channel.name}"
