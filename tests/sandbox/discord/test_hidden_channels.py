"""Channels the bot cannot see, as the gateway sends them."""

import asyncio

import discord
import pytest

from bot.sandbox.discord.fake_discord import FakeDiscord, Person
from bot.sandbox.discord.hidden_channels import HIDDEN_NAME
from tests.polling import TIMEOUT
from tests.sandbox.discord.small_bot import SmallBot, running_bot

NO_VIEW = discord.Permissions(view_channel=True)


async def named(bot: SmallBot, channel_id: int, name: str) -> discord.TextChannel:
    """Wait until the bot knows the channel by this name, and return it."""
    async with asyncio.timeout(TIMEOUT):
        while True:
            channel = bot.get_channel(channel_id)
            if isinstance(channel, discord.TextChannel) and channel.name == name:
                return channel
            await bot.wait_for("guild_channel_update")


async def test_hidden_at_login(fake_discord: FakeDiscord, study: int) -> None:
    """At login the bot learns that the channel exists, but not its name, topic or permissions."""
    secret = fake_discord.add_channel("secret", only=[fake_discord.ensure_role("Staff")])
    fake_discord.deny_bot(secret, NO_VIEW)
    async with running_bot(fake_discord) as bot:
        channel = await named(bot, secret, HIDDEN_NAME)
        assert (channel.topic, list(channel.overwrites)) == (None, [channel.guild.default_role])
        assert not channel.permissions_for(channel.guild.me).view_channel
        await named(bot, study, "study")


async def test_hidden_and_shown_again(fake_discord: FakeDiscord, bot: SmallBot, study: int) -> None:
    """When the bot loses or regains the view of a channel, the gateway sends it at once."""
    fake_discord.deny_bot(study, NO_VIEW)
    await named(bot, study, HIDDEN_NAME)
    fake_discord.deny_bot(study, discord.Permissions.none())
    await named(bot, study, "study")


@pytest.mark.parametrize("seen", [False, True])
async def test_a_category_is_visible_with_one_of_its_channels(
    fake_discord: FakeDiscord, study: int, *, seen: bool
) -> None:
    """A category's name is withheld only if all its channels are hidden."""
    category = fake_discord.backend.create_channel(fake_discord.guild_id, "Campus", type=4)
    fake_discord.deny_bot(category.id, NO_VIEW)
    inside = fake_discord.backend.create_channel(fake_discord.guild_id, "inside", parent_id=category.id)
    if not seen:
        fake_discord.deny_bot(inside.id, NO_VIEW)
    async with running_bot(fake_discord) as bot:
        told = bot.get_channel(category.id)
        assert isinstance(told, discord.CategoryChannel)
        assert told.name == ("Campus" if seen else HIDDEN_NAME)
        await named(bot, study, "study")


async def test_a_role_reveals_a_channel(fake_discord: FakeDiscord, bot: SmallBot) -> None:
    """With a role that may see the channel the bot gets its name."""
    opening = fake_discord.ensure_role("Opening")
    secret = fake_discord.add_channel("secret", only=[opening])
    fake_discord.deny_bot(secret, discord.Permissions.none())
    await named(bot, secret, HIDDEN_NAME)
    fake_discord.backend.add_member_role(fake_discord.guild_id, fake_discord.backend.bot_user.id, opening)
    await named(bot, secret, "secret")


async def test_nothing_is_heard_from_hidden_channels(
    fake_discord: FakeDiscord, study: int, alice: Person, bob: Person
) -> None:
    """Neither their messages nor their threads, at login or later."""
    secret = fake_discord.add_channel("secret")
    before = fake_discord.backend.create_thread(secret, "before", alice.id)
    fake_discord.deny_bot(secret, NO_VIEW)
    async with running_bot(fake_discord, intents=discord.Intents(guilds=True, messages=True)) as bot:
        fake_discord.post_message(alice, secret, "nobody hears this")
        after = fake_discord.backend.create_thread(secret, "after", alice.id)
        fake_discord.backend.create_message(after.id, bob.id, "nor this")
        fake_discord.post_message(bob, study, "hello")
        async with asyncio.timeout(TIMEOUT):
            heard = await bot.received.get()
        [guild] = bot.guilds
    assert (heard.author.id, bot.received.empty(), list(guild.threads)) == (bob.id, True, [])
    assert guild.get_thread(before.id) is None
