"""A healthy server as facts for the checks, and one that is broken in a single place."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import discord

from bot.chat.setup.checks.facts import CheckFacts
from bot.chat.setup.checks.snapshot import ChannelSnapshot, GuildSnapshot, MemberSnapshot, Overwrite, RoleSnapshot
from bot.domain.gate import Gate
from bot.domain.server import Audience, Server

GUILD, OWNER, ME = 100, 200, 300
STUDY, STAFF = 11, 12
MINOR, ADULT, READER, MEMBERS, OWN = 21, 22, 23, 24, 25

EVERYBODY = discord.Permissions(
    view_channel=True, send_messages=True, read_message_history=True, use_application_commands=True
)
NEEDED = discord.Permissions(
    view_channel=True, send_messages=True, read_message_history=True, embed_links=True, attach_files=True
)
OWN_PERMISSIONS = NEEDED | discord.Permissions(view_audit_log=True)


def permission(*names: str) -> int:
    """The bits of permissions."""
    return discord.Permissions(**dict.fromkeys(names, True)).value


CLOSED = (
    Overwrite(target_id=GUILD, deny=permission("view_channel")),
    Overwrite(target_id=READER, allow=permission("view_channel")),
    Overwrite(target_id=ME, allow=NEEDED.value),
)

SERVER = Server(
    server_id=GUILD,
    name="Hall",
    audience=Audience.MIXED,
    channel_id=STUDY,
    staff_channel_id=STAFF,
    minor_role_id=MINOR,
    adult_role_id=ADULT,
    reader_role_id=READER,
    role_id=MEMBERS,
    gate=Gate.CAREFUL,
    panel_message_id=1,
    minors_allowed=True,
)
HEALTHY = CheckFacts(
    server=SERVER,
    guild=GuildSnapshot(
        server_id=GUILD,
        owner_id=OWNER,
        me=MemberSnapshot(member_id=ME, role_ids=frozenset({OWN})),
        roles={
            GUILD: RoleSnapshot(permissions=EVERYBODY.value),
            OWN: RoleSnapshot(permissions=OWN_PERMISSIONS.value),
            **dict.fromkeys((MINOR, ADULT, READER, MEMBERS), RoleSnapshot(permissions=0)),
        },
        channels={
            STUDY: ChannelSnapshot(channel_id=STUDY),
            STAFF: ChannelSnapshot(channel_id=STAFF, overwrites=CLOSED),
        },
    ),
    role_members={MINOR: 30, ADULT: 40, READER: 2, MEMBERS: 70},
)


def with_server(**changes: Any) -> CheckFacts:
    """The healthy server with other settings."""
    return replace(HEALTHY, server=replace(SERVER, **changes))


def with_guild(**changes: Any) -> CheckFacts:
    """The healthy server with changes of Discord's side."""
    return replace(HEALTHY, guild=replace(HEALTHY.guild, **changes))


def with_channel(channel_id: int, **changes: Any) -> CheckFacts:
    """The healthy server with changes of one channel."""
    channels = dict(HEALTHY.guild.channels)
    channels[channel_id] = replace(channels[channel_id], **changes)
    return with_guild(channels=channels)


def without_channel(channel_id: int) -> CheckFacts:
    """The healthy server without one channel."""
    return with_guild(channels={key: each for key, each in HEALTHY.guild.channels.items() if key != channel_id})


def with_role(role_id: int, **changes: Any) -> CheckFacts:
    """The healthy server with changes of one role."""
    return with_guild(roles={**HEALTHY.guild.roles, role_id: replace(HEALTHY.guild.roles[role_id], **changes)})


def without_role(role_id: int) -> CheckFacts:
    """The healthy server without one role."""
    return with_guild(roles={key: each for key, each in HEALTHY.guild.roles.items() if key != role_id})


def with_members(**counts: int) -> Mapping[int, int]:
    """How many members the roles have, with some other counts."""
    names = {"minor": MINOR, "adult": ADULT, "reader": READER}
    return {**HEALTHY.role_members, **{names[name]: count for name, count in counts.items()}}
