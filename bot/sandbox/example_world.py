"""Everybody and everything that the sandbox starts with: two servers, one of them with the bot set up."""

from dataclasses import dataclass

from bot.config import Settings
from bot.sandbox.discord.fake_discord import FakeDiscord
from bot.sandbox.example_college import create_example_college
from bot.sandbox.example_server import ExampleServer, add_newcomer, create_example_server, set_up_with
from bot.sandbox.world import World


@dataclass(frozen=True, kw_only=True, slots=True)
class ExampleWorld:
    """The world, and the server in which students can meet from the start."""

    world: World
    server: ExampleServer

    @classmethod
    def create(cls, fake_discord: FakeDiscord, *, students: int) -> "ExampleWorld":
        """Fill a new Discord; `students` are those of the server in which the bot is set up."""
        server = create_example_server(fake_discord, students=students)
        world = World(fake_discord)
        add_newcomer(world, fake_discord.guild_id)
        create_example_college(world)
        return cls(world=world, server=server)

    @property
    def operator_id(self) -> int:
        """Who plays the operator as well, and hears of reports that nobody reads: the first who was there."""
        return next(iter(self.world.fake_discord.people))

    async def set_up_bot(self, settings: Settings) -> None:
        """Set the bot up in the first server, as `set_up_with` of example_server.py does."""
        await set_up_with(settings, self.world.fake_discord, self.server)
