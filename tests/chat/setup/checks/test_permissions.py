"""Permissions as the checks compute them from a snapshot are those that Discord's library computes."""

import random
from datetime import timedelta
from types import MappingProxyType

import discord
import pytest
from simcord.backend.models.channel import Overwrite
from simcord.enums import OverwriteType

from bot.chat.setup.checks.permissions import deciding_overwrite, own_permissions, permissions_of_role
from bot.chat.setup.checks.snapshot import take_snapshot
from bot.domain.server import Server
from tests.chat.chat_harness import ChatHarness

NAMES = (
    "view_channel",
    "send_messages",
    "read_message_history",
    "embed_links",
    "attach_files",
    "use_application_commands",
)
CHANNELS = 150
BITS = MappingProxyType({name: discord.Permissions(**{name: True}).value for name in NAMES})


def some_of(dice: random.Random, share: float) -> int:
    """The bits of permissions drawn by lot."""
    return sum(bit for bit in BITS.values() if dice.random() < share)


async def shuffled_server(harness: ChatHarness, dice: random.Random) -> discord.Guild:
    """A server whose roles and channels allow and deny by lot; the bot has two of its roles besides its own."""
    me = harness.guild.me
    assert me is not None
    roles = [harness.guild.create_role(f"Role {number}") for number in range(4)]
    guild = harness.env.backend.get_guild(harness.guild.id)
    for role_id in guild.roles:
        harness.env.backend.edit_role(harness.guild.id, role_id, {"permissions": some_of(dice, 0.5)})
    targets = [*((role_id, OverwriteType.ROLE) for role_id in guild.roles), (me.id, OverwriteType.MEMBER)]
    for number in range(CHANNELS):
        channel = harness.guild.create_text_channel(f"channel-{number}")
        overwrites = []
        for target_id, kind in targets:
            allow = some_of(dice, 0.25)
            overwrites.append(Overwrite(target_id=target_id, type=kind, allow=allow, deny=some_of(dice, 0.3) & ~allow))
        harness.env.backend.edit_channel(channel.id, {}, overwrites=overwrites)
    await harness.env.settle()
    found = harness.chat.client.get_guild(harness.guild.id)
    assert found is not None
    for role in roles[:2]:
        found.me._roles.add(role.id)  # this stand-in does not tell the bot of its own roles
    assert len(found.me.roles) == len(roles[:2]) + 2
    return found


@pytest.mark.parametrize("state", ["usual", "timed out", "administrator", "owner"])
async def test_every_permission_is_as_the_library_computes_it(harness: ChatHarness, state: str) -> None:
    """For the bot and for the holders of each role, in hundreds of channels."""
    dice = random.Random(state)
    guild = await shuffled_server(harness, dice)
    if state == "timed out":
        guild.me.timed_out_until = discord.utils.utcnow() + timedelta(hours=1)
    if state == "administrator":
        administrator = discord.Permissions(administrator=True).value
        harness.env.backend.edit_role(guild.id, guild.me.roles[-1].id, {"permissions": administrator})
        await harness.env.settle()
    if state == "owner":
        guild.owner_id = guild.me.id
    compared = 0
    for channel in guild.text_channels:
        snapshot = take_snapshot(guild, Server(server_id=guild.id, name="", channel_id=channel.id))
        found = snapshot.channels[channel.id]
        expected = channel.permissions_for(guild.me)
        own = own_permissions(snapshot, found)
        for name in NAMES:
            assert getattr(own, name) == getattr(expected, name), (channel.name, name)
            compared += 1
        for role in guild.roles:
            holder = permissions_of_role(snapshot, role.id, found)
            for name in ("view_channel", "use_application_commands"):
                assert getattr(holder, name) == getattr(channel.permissions_for(role), name), (role.name, name)
                compared += 1
    assert compared > CHANNELS * len(NAMES)


async def test_taking_away_the_overwrite_that_is_named_changes_the_answer_or_names_the_next(
    harness: ChatHarness,
) -> None:
    """Following the names one by one always ends in the permission, or at the roles of the server."""
    guild = await shuffled_server(harness, random.Random(1))
    followed = 0
    for channel in guild.text_channels:
        snapshot = take_snapshot(guild, Server(server_id=guild.id, name="", channel_id=channel.id))
        found = snapshot.channels[channel.id]
        while not own_permissions(snapshot, found).view_channel:
            culprit = deciding_overwrite(snapshot, found, "view_channel")
            if culprit is None:
                break
            rest = tuple(each for each in found.overwrites if each.target_id != culprit)
            assert len(rest) < len(found.overwrites)
            found = found.__class__(channel_id=found.channel_id, overwrites=rest)
            followed += 1
    assert followed
