"""The example's servers with a small bot at the stand-in, and how to wait for what the bot hears."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import discord

from bot.sandbox.discord.fake_discord import FakeDiscord, Person
from bot.sandbox.example_college import create_example_college
from bot.sandbox.example_server import create_example_server
from bot.sandbox.world import World
from tests.polling import TIMEOUT
from tests.sandbox.discord.small_bot import ShiftedClock, SmallBot, running_bot

INTENTS = discord.Intents(guilds=True, moderation=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class WorldWithBot:
    """A world with two servers: `study_hall` with Alice, Bob and Dana, and `college` with members under 18."""

    world: World
    bot: SmallBot
    study_hall: int
    college: int

    def person(self, name: str) -> Person:
        """The person called `name`."""
        return next(each for each in self.world.fake_discord.people.values() if each.name == name)

    def role(self, server_id: int, name: str) -> int:
        """The id of a server's role."""
        roles = self.world.fake_discord.backend.get_guild(server_id).roles.values()
        return next(role.id for role in roles if role.name == name)

    def channel(self, name: str) -> int:
        """The id of the channel or category called `name`."""
        channels = self.world.fake_discord.backend.channels.values()
        return next(channel.id for channel in channels if channel.name == name)

    def guild(self, server_id: int) -> discord.Guild:
        """A server as the bot knows it."""
        guild = self.bot.get_guild(server_id)
        assert guild is not None
        return guild

    async def member(self, server_id: int, name: str) -> discord.Member:
        """A member as the bot gets them by REST."""
        return await self.guild(server_id).fetch_member(self.person(name).id)

    async def hears(self, event: str, act: Callable[[], object]) -> Any:
        """Act, and return what the bot then hears as this event of discord.py."""
        hearing = asyncio.ensure_future(self.bot.wait_for(event, timeout=TIMEOUT))
        await asyncio.sleep(0)
        act()
        return await hearing

    async def comes_to(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds in what the bot knows, looking after each change of a role or channel."""
        events = ("guild_role_update", "guild_channel_update", "guild_channel_delete", "guild_role_delete")
        async with asyncio.timeout(TIMEOUT):
            while not holds():
                waits = [asyncio.ensure_future(self.bot.wait_for(event)) for event in events]
                _, pending = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
                for wait in pending:
                    wait.cancel()


@asynccontextmanager
async def running_world() -> AsyncIterator[WorldWithBot]:
    """The example's two servers and the bot, over real sockets, for as long as the block lasts."""
    fake_discord = FakeDiscord(clock=ShiftedClock(), token="right")
    world = World(fake_discord)
    create_example_server(fake_discord, students=2)
    college = create_example_college(world)
    await fake_discord.start()
    try:
        async with running_bot(fake_discord, intents=INTENTS) as bot:
            yield WorldWithBot(world=world, bot=bot, study_hall=fake_discord.guild_id, college=college)
    finally:
        await fake_discord.stop()
