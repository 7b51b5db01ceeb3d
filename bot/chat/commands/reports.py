"""`/reports`, for readers: Discord shows it to everybody, because readers need no permission of Discord's."""

from typing import Any

from discord import app_commands

from bot.chat.commands.translations import translated
from bot.chat.moderation.queue_handlers import QueueHandlers
from bot.chat.ui.components import Interaction


def reports_command(queue: QueueHandlers) -> app_commands.Command[Any, ..., None]:
    """The command. Who may use it is looked at when it is used."""

    @app_commands.command(
        name=translated("commands.reports.name"),
        description=translated("commands.reports.describe"),
    )
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def reports(interaction: Interaction) -> None:
        """Show what waits for a reader."""
        await queue.open_queue(interaction)

    return reports
