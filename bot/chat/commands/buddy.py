"""`/buddy`: what admins type. Hidden from members without Manage Server."""

import discord
from discord import app_commands

from bot.chat.commands.spoken import text
from bot.chat.conversation import Interaction
from bot.chat.setup.presses import SetupPresses


class Buddy(app_commands.Group):
    """The group `/buddy`."""

    def __init__(self, setup: SetupPresses) -> None:
        super().__init__(
            name=text("commands.buddy.name"),
            description=text("commands.buddy.describe"),
            guild_only=True,
            default_permissions=discord.Permissions(manage_guild=True),
        )
        self._setup = setup

    @app_commands.command(name=text("commands.setup.name"), description=text("commands.setup.describe"))
    async def setup(self, interaction: Interaction) -> None:
        """The card with everything an admin chooses."""
        await self._setup.open(interaction)
