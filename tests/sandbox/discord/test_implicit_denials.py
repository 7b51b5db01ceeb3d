"""Permissions as the stand-in computes them are those that discord.py computes from what the gateway sends."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import discord

from bot.clock import SystemClock
from bot.sandbox.discord.backend import DiscordBackend
from bot.sandbox.discord.simcord_internals import (
    ChannelType,
    Overwrite,
    OverwriteType,
    guild_create_payload,
    user_payload,
)

SERVERS, MEMBERS, ROLES, CHANNELS, THREADS = 20, 10, 5, 15, 6
TYPES = (ChannelType.TEXT, ChannelType.TEXT, ChannelType.VOICE, ChannelType.CATEGORY, ChannelType.FORUM)
LONG = datetime(2100, 1, 1, tzinfo=UTC)
ADMINISTRATOR = discord.Permissions(administrator=True).value
ORDINARY = discord.Permissions.all().value & ~ADMINISTRATOR
BITS = ORDINARY.bit_length()
VOICE_ONLY = discord.Permissions.voice().value
"""discord.py takes them away in text channels, where they mean nothing; Discord sends them."""


def draw_bits(chance: random.Random) -> int:
    """A random set of the permissions that there are, without Administrator: each with a probability of one quarter."""
    return chance.getrandbits(BITS) & chance.getrandbits(BITS) & ORDINARY


def random_server(backend: DiscordBackend, chance: random.Random) -> int:
    """A server with random roles, members, timeouts, channels, threads and overwrites."""
    guild = backend.create_guild("Study Hall")
    backend.edit_role(guild.id, guild.id, {"permissions": chance.getrandbits(BITS) & ORDINARY})
    roles = [backend.create_role(guild.id, f"{n}", permissions=draw_bits(chance)).id for n in range(ROLES)]
    roles.append(backend.create_role(guild.id, "Admin", permissions=ADMINISTRATOR if chance.random() < 0.2 else 0).id)
    for n in range(MEMBERS):
        user = backend.make_user(f"m{n}")
        member = backend.add_member(guild.id, user.id, roles=chance.sample(roles, chance.randrange(4)))
        member.timed_out_until = LONG.isoformat() if chance.random() < 0.1 else None
    targets = [(guild.id, OverwriteType.ROLE), *((each, OverwriteType.ROLE) for each in roles)]
    targets += [(each, OverwriteType.MEMBER) for each in guild.members]
    for n in range(CHANNELS):
        chosen = chance.sample(targets, chance.randrange(6))
        overwrites = [
            Overwrite(target_id=i, type=t, allow=draw_bits(chance), deny=draw_bits(chance)) for i, t in chosen
        ]
        backend.create_channel(guild.id, f"c{n}", type=chance.choice(TYPES), overwrites=overwrites)
    parents = [each for each in guild.channel_ids if backend.get_channel(each).type == ChannelType.TEXT]
    for n in range(THREADS):
        backend.create_thread(chance.choice(parents), f"t{n}", guild.owner_id)
    return guild.id


def as_the_library_sees_it(backend: DiscordBackend, guild_id: int) -> discord.Guild:
    """The server in discord.py's classes, with all its members."""
    state = discord.Client(intents=discord.Intents.all())._connection
    state.user = discord.ClientUser(state=state, data=user_payload(backend.bot_user))
    payload: Any = guild_create_payload(backend, backend.get_guild(guild_id))
    return discord.Guild(data=payload, state=state)


async def test_permissions_are_those_of_the_library() -> None:
    """In thousands of random cases: text, forum, voice, category and thread, owner, admin and timed out."""
    chance, backend, compared, restricted = random.Random(15), DiscordBackend(SystemClock()), 0, 0
    for _ in range(SERVERS):
        guild_id = random_server(backend, chance)
        seen = as_the_library_sees_it(backend, guild_id)
        for channel in [*seen.channels, *seen.threads]:
            is_voice = isinstance(channel, discord.VoiceChannel | discord.CategoryChannel)
            mask = -1 if is_voice else ~VOICE_ONLY
            for member in seen.members:
                ours = backend.compute_permissions(guild_id, member.id, channel.id)
                theirs = channel.permissions_for(member).value
                assert ours & mask == theirs & mask, (channel, member)
                compared += 1
                restricted += ours != backend.granted_permissions(guild_id, member.id, channel.id)
    assert compared >= 4200
    assert restricted >= 500


def test_a_timeout_that_is_over_denies_nothing() -> None:
    """Only while it lasts is a member left with viewing and reading."""
    backend = DiscordBackend(SystemClock())
    guild = backend.create_guild("Study Hall")
    channel = backend.create_channel(guild.id, "study")
    member = backend.add_member(guild.id, backend.make_user("alice").id)
    free = backend.compute_permissions(guild.id, member.user_id, channel.id)
    for minutes, left in ((5, discord.Permissions(view_channel=True, read_message_history=True).value), (-5, free)):
        member.timed_out_until = (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()
        assert backend.compute_permissions(guild.id, member.user_id, channel.id) == left
