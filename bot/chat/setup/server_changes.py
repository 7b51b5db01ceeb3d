"""What follows from news of a server: it is checked again, and where the bot is new it introduces itself."""

import discord

from bot.chat.setup.rechecks import Rechecks
from bot.chat.setup.welcome import introduce
from bot.store.servers import Servers


class ServerChanges:
    """Gets the news that the gateway brings of servers, their channels and their roles."""

    def __init__(self, servers: Servers, rechecks: Rechecks) -> None:
        self._servers = servers
        self._rechecks = rechecks

    def note_change(self, guild: discord.Guild) -> None:
        """A server is available, or something in it is not as it was."""
        self._rechecks.note_change(guild)

    async def note_joined(self, guild: discord.Guild) -> None:
        """The bot was added to a server."""
        self._rechecks.note_change(guild)
        await introduce(guild, self._servers)

    def note_left(self, server_id: int) -> None:
        """The bot was removed from a server."""
        self._rechecks.forget(server_id)
