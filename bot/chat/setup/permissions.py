"""What prevents pairing in the chosen channel: what is wrong, where, and where to fix it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import discord

from bot.chat.discord_limits import MAX_PLACE_NAME_LETTERS
from bot.chat.ui.text import escape_markdown
from bot.domain.display_name import clean_display_name
from bot.domain.server import Server

NEEDED_PERMISSIONS = ("view_channel", "send_messages", "read_message_history")
ROLE_GONE = "role_gone"
CHANNEL_GONE = "gone"
PANEL_GONE = "panel_gone"
HIDDEN_NAME = "___hidden___"  # the name that Discord gives to channels hidden from us; their overwrites are hidden too


@dataclass(frozen=True, kw_only=True, slots=True)
class SetupProblem:
    """One thing that is wrong: `code` names its text. With `stops` the panel cannot be posted until it is fixed."""

    code: str
    stops: bool = True
    values: Mapping[str, str] = field(default_factory=dict)


def find_problems(server: Server, guild: discord.Guild) -> list[SetupProblem]:
    """What is wrong with the role and the channel, the most important first; empty if nothing is wrong."""
    if guild.unavailable:
        return []
    return [*_problem_of_role(server, guild), *_problems_of_channel(server, guild)]


def _problem_of_role(server: Server, guild: discord.Guild) -> list[SetupProblem]:
    """Without its role nobody can be paired, whatever else is right."""
    is_gone = server.role_id is not None and guild.get_role(server.role_id) is None
    return [SetupProblem(code=ROLE_GONE)] if is_gone else []


def _problems_of_channel(server: Server, guild: discord.Guild) -> list[SetupProblem]:
    if server.channel_id is None:
        return []
    if guild.me.timed_out_until is not None and guild.me.is_timed_out():
        until = f"<t:{int(guild.me.timed_out_until.timestamp())}:f>"
        return [SetupProblem(code="timed_out", values={"until": until})]
    channel = guild.get_channel(server.channel_id)
    if channel is None:
        return [SetupProblem(code=CHANNEL_GONE)]
    if not isinstance(channel, discord.TextChannel):
        return [SetupProblem(code="type", values={"channel": channel.mention})]
    if channel.name == HIDDEN_NAME and not channel.permissions_for(guild.me).view_channel:
        return [SetupProblem(code="view_channel.hidden", values={"channel": channel.mention})]
    own = [_missing_permission(channel, guild.me, permission) for permission in NEEDED_PERMISSIONS]
    first = next((problem for problem in own if problem is not None), None)
    return [problem for problem in (first, _problem_for_members(server, channel)) if problem is not None]


def _missing_permission(channel: discord.TextChannel, me: discord.Member, permission: str) -> SetupProblem | None:
    if getattr(channel.permissions_for(me), permission):
        return None
    denied_by = _denied_by(channel, me, permission)
    inherited = channel.category is not None and channel.permissions_synced
    place = "server" if denied_by is None else "category" if inherited else "channel"
    values = {"channel": channel.mention, "who": denied_by or "", "category": _name_of(channel.category)}
    return SetupProblem(code=f"{permission}.{place}", values=values)


def _name_of(category: discord.CategoryChannel | None) -> str:
    name = category.name if category else ""
    return escape_markdown(clean_display_name(name, fallback="", max_letters=MAX_PLACE_NAME_LETTERS))


def _denied_by(channel: discord.TextChannel, me: discord.Member, permission: str) -> str | None:
    """The last overwrite to deny it in Discord's order: @everyone, the bot's roles, the bot itself.

    None if no role in the server allows it, so that no overwrite is to blame.
    """
    if not getattr(me.guild_permissions, permission):
        return None
    last: str | None = None
    targets: tuple[discord.Role | discord.Member, ...] = (channel.guild.default_role, *me.roles[1:], me)
    for target in targets:
        if getattr(channel.overwrites_for(target), permission) is False:
            last = "@everyone" if target == channel.guild.default_role else target.mention
    return last


def _problem_for_members(server: Server, channel: discord.TextChannel) -> SetupProblem | None:
    guild = channel.guild
    role = guild.default_role if server.role_id is None else guild.get_role(server.role_id)
    if role is None:
        return None
    name = "@everyone" if role == guild.default_role else role.mention
    allowed = channel.permissions_for(role)
    values = {"channel": channel.mention, "role": name}
    if not allowed.view_channel:
        return SetupProblem(code="members_see", stops=False, values=values)
    if not allowed.use_application_commands:
        return SetupProblem(code="members_commands", stops=False, values=values)
    return None
