"""`/buddy`, for admins: Discord hides it from members without Manage Server."""

import discord
from discord import app_commands

from bot.chat.commands.translations import translated, translated_options
from bot.chat.moderation.ban_handlers import MAX_REASON_LETTERS
from bot.chat.moderation.handlers import ModerationHandlers
from bot.chat.setup.handlers import SetupHandlers
from bot.chat.statistics.handlers import StatisticsHandlers
from bot.chat.ui.components import Interaction

Reason = app_commands.Range[str, 1, MAX_REASON_LETTERS]


class BuddyGroup(app_commands.Group):
    """The group `/buddy`."""

    def __init__(self, setup: SetupHandlers, statistics: StatisticsHandlers, moderation: ModerationHandlers) -> None:
        super().__init__(
            name=translated("commands.buddy.name"),
            description=translated("commands.buddy.describe"),
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
            default_permissions=discord.Permissions(manage_guild=True),
        )
        self._setup = setup
        self._statistics = statistics
        self._moderation = moderation

    @app_commands.command(name=translated("commands.setup.name"), description=translated("commands.setup.describe"))
    async def setup(self, interaction: Interaction) -> None:
        """Show the setup card."""
        await self._setup.open_card(interaction)

    @app_commands.command(name=translated("commands.stats.name"), description=translated("commands.stats.describe"))
    async def stats(self, interaction: Interaction) -> None:
        """Show the statistics of the server."""
        await self._statistics.open_statistics(interaction)

    @app_commands.command(name=translated("commands.check.name"), description=translated("commands.check.describe"))
    async def check(self, interaction: Interaction) -> None:
        """Show everything that is wrong with the setup."""
        await self._setup.open_check(interaction)

    @app_commands.command(name=translated("commands.ban.name"), description=translated("commands.ban.describe"))
    @translated_options
    async def ban(self, interaction: Interaction, who: discord.User, reason: Reason) -> None:
        """Ban somebody from being matched in the server."""
        await self._moderation.bans.ban(interaction, who, reason)

    @app_commands.command(name=translated("commands.unban.name"), description=translated("commands.unban.describe"))
    @translated_options
    async def unban(self, interaction: Interaction, who: discord.User, reason: Reason) -> None:
        """Lift bans of somebody in the server."""
        await self._moderation.bans.unban(interaction, who, reason)

    @app_commands.command(name=translated("commands.audit.name"), description=translated("commands.audit.describe"))
    async def audit(self, interaction: Interaction) -> None:
        """Show what staff did with reports and bans."""
        await self._moderation.audit.open_audit(interaction)
