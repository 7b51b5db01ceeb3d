"""Channels the bot cannot see, as Discord's gateway tells of them."""

import asyncio

import discord
import pytest

from bot.sandbox.discord.hidden import HIDDEN_NAME
from bot.sandbox.discord.world import World
from tests.sandbox.discord.small_bot import SOON, SmallBot, running_bot

NO_VIEW = discord.Permissions(view_channel=True)


async def named(bot: SmallBot, channel_id: int, name: str) -> discord.TextChannel:
    """The channel as the bot knows it, once it has this name."""
    async with asyncio.timeout(SOON):
        while True:
            channel = bot.get_channel(channel_id)
            if isinstance(channel, discord.TextChannel) and channel.name == name:
                return channel
            await bot.wait_for("guild_channel_update")


async def test_hidden_from_the_beginning(world: World, study: int) -> None:
    """The bot learns that there is a channel, not how it is called nor who may do what."""
    secret = world.add_channel("secret", only=[world.role("Staff")])
    world.forbid_bot(secret, NO_VIEW)
    async with running_bot(world) as bot:
        channel = await named(bot, secret, HIDDEN_NAME)
        assert (channel.topic, list(channel.overwrites)) == (None, [channel.guild.default_role])
        assert not channel.permissions_for(channel.guild.me).view_channel
        await named(bot, study, "study")


async def test_out_of_sight_and_back(world: World, bot: SmallBot, study: int) -> None:
    """What a channel's permissions change is told at once, both ways."""
    world.forbid_bot(study, NO_VIEW)
    await named(bot, study, HIDDEN_NAME)
    world.forbid_bot(study, discord.Permissions.none())
    await named(bot, study, "study")


@pytest.mark.parametrize("seen", [False, True])
async def test_a_category_is_seen_with_one_of_its_channels(world: World, study: int, *, seen: bool) -> None:
    """Its name is withheld only where all in it are hidden."""
    category = world.engine.create_channel(world.guild_id, "Campus", type=4)
    world.forbid_bot(category.id, NO_VIEW)
    inside = world.engine.create_channel(world.guild_id, "inside", parent_id=category.id)
    if not seen:
        world.forbid_bot(inside.id, NO_VIEW)
    async with running_bot(world) as bot:
        told = bot.get_channel(category.id)
        assert isinstance(told, discord.CategoryChannel)
        assert told.name == ("Campus" if seen else HIDDEN_NAME)
        await named(bot, study, "study")


async def test_a_role_opens_what_was_hidden(world: World, bot: SmallBot) -> None:
    """The bot gets a role, and with it the channel's name."""
    opening = world.role("Opening")
    secret = world.add_channel("secret", only=[opening])
    world.forbid_bot(secret, discord.Permissions.none())
    await named(bot, secret, HIDDEN_NAME)
    world.engine.add_member_role(world.guild_id, world.engine.bot_user.id, opening)
    await named(bot, secret, "secret")
