"""`/privacy`, for everybody of whom something is or could be kept: in servers and in the bot's direct messages."""

from discord import app_commands

from bot.chat.commands.translations import translated
from bot.chat.privacy.handlers import PrivacyHandlers
from bot.chat.ui.components import Interaction


class PrivacyGroup(app_commands.Group):
    """The group `/privacy`."""

    def __init__(self, privacy: PrivacyHandlers) -> None:
        super().__init__(
            name=translated("commands.privacy.name"),
            description=translated("commands.privacy.describe"),
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        )
        self._privacy = privacy

    @app_commands.command(name=translated("commands.show.name"), description=translated("commands.show.describe"))
    async def show(self, interaction: Interaction) -> None:
        """Show what is kept about the member."""
        await self._privacy.show(interaction)

    @app_commands.command(name=translated("commands.export.name"), description=translated("commands.export.describe"))
    async def export(self, interaction: Interaction) -> None:
        """Send a file with all of it."""
        await self._privacy.export(interaction)

    @app_commands.command(name=translated("commands.delete.name"), description=translated("commands.delete.describe"))
    async def delete(self, interaction: Interaction) -> None:
        """Ask whether to delete it."""
        await self._privacy.ask_deletion(interaction)
