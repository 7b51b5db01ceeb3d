"""Flags of members and roles, and the channel for safety alerts, as the bot reads them."""

import asyncio

import discord

from bot.sandbox.discord.fake_discord import FakeDiscord
from tests.polling import TIMEOUT
from tests.sandbox.discord.server_with_bot import ServerWithBot
from tests.sandbox.discord.small_bot import running_bot

FLAGS = discord.MemberFlags(completed_onboarding=True, automod_quarantined_username=True)


async def test_flags_of_members(server: ServerWithBot) -> None:
    """By REST, by the gateway and with interactions; each member has their own."""
    fake_discord, guild_id = server.fake_discord, server.fake_discord.guild_id
    guild = server.bot.get_guild(guild_id)
    assert guild is not None
    fake_discord.backend.set_member_flags(guild_id, server.alice.id, FLAGS)
    assert (await guild.fetch_member(server.alice.id)).flags == FLAGS
    assert (await guild.fetch_member(server.bob.id)).flags.value == 0
    [asked] = await guild.query_members(user_ids=[server.alice.id], cache=False)
    assert asked.flags == FLAGS
    calling = asyncio.create_task(fake_discord.call_command(server.alice, server.study, "study later"))
    interaction = await server.bot.next_interaction()
    await interaction.response.send_message("x")
    await calling
    assert isinstance(interaction.user, discord.Member)
    assert interaction.user.flags == FLAGS


async def test_who_comes_back_has_rejoined(server: ServerWithBot) -> None:
    """Discord itself sets this flag, and forgets the others."""
    backend, guild_id = server.fake_discord.backend, server.fake_discord.guild_id
    guild = server.bot.get_guild(guild_id)
    assert guild is not None
    backend.set_member_flags(guild_id, server.alice.id, FLAGS)
    backend.remove_member(guild_id, server.alice.id)
    backend.add_member(guild_id, server.alice.id)
    assert (await guild.fetch_member(server.alice.id)).flags == discord.MemberFlags(did_rejoin=True)
    assert not (await guild.fetch_member(server.bob.id)).flags.did_rejoin


async def test_roles_that_members_choose_themselves(fake_discord: FakeDiscord, server: ServerWithBot) -> None:
    """The bot hears of the change, and reads it at its next login."""
    role = fake_discord.ensure_role("18 or older")
    fake_discord.backend.set_role_flags(fake_discord.guild_id, role, discord.RoleFlags(in_prompt=True))
    async with asyncio.timeout(TIMEOUT):
        _, after = await server.bot.wait_for("guild_role_update", check=lambda _, after: after.flags.value)
    assert (after.id, after.flags.in_prompt) == (role, True)
    async with running_bot(fake_discord) as again:
        [guild] = again.guilds
        assert [each.id for each in guild.roles if each.flags.in_prompt] == [role]


async def test_the_channel_for_safety_alerts(fake_discord: FakeDiscord, server: ServerWithBot) -> None:
    """A change of the server tells it, without the channels and members that only a login has."""
    alerts = fake_discord.add_channel("alerts")
    hidden = fake_discord.add_channel("hidden")
    fake_discord.deny_bot(hidden, discord.Permissions(view_channel=True))
    fake_discord.backend.set_safety_channel(fake_discord.guild_id, alerts)
    async with asyncio.timeout(TIMEOUT):
        before, after = await server.bot.wait_for("guild_update")
    assert (before.safety_alerts_channel, after.safety_alerts_channel) == (None, after.get_channel(alerts))
    assert [each.name for each in after.channels if each.id == hidden] == ["___hidden___"]
    assert fake_discord.backend.safety_channel(fake_discord.guild_id) == alerts
