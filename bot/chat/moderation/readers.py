"""Who acts on reports: a reader of the server, or the operator. Judged anew at each press, by what Discord says now."""

from dataclasses import dataclass

import aiohttp
import discord

from bot.chat.discord_trouble import reading_answers
from bot.chat.memberships import standing_in
from bot.chat.ui.components import Interaction
from bot.chat.ui.notices import NotPossible
from bot.domain.report_reader import Reader, StaffStanding
from bot.domain.server import Server
from bot.store.servers import Servers


@dataclass(frozen=True, kw_only=True, slots=True)
class ReaderHere:
    """A reader, and the server whose reports they read."""

    reader: Reader
    server: Server


class ReaderLookup:
    """Finds out what a member may read. `safety_contact` is the operator, None if there is none."""

    def __init__(self, servers: Servers, *, safety_contact: int | None) -> None:
        self._servers = servers
        self._safety_contact = safety_contact

    async def find(self, interaction: Interaction, server_id: int) -> ReaderHere:
        """The member who acts, as a reader of this server's reports. Raises NotPossible for everybody else.

        From a direct message Discord has to be asked what they are in the server.
        """
        server = await self._servers.get(server_id)
        if server is None:
            raise NotPossible("reports")
        standing = await _standing_of(interaction, server)
        reader = Reader(
            member_id=interaction.user.id,
            server_id=server_id,
            is_staff=standing is StaffStanding.READS,
            is_operator=self.is_operator(interaction),
        )
        if not reader.is_staff and not reader.is_operator:
            raise NotPossible("reports")
        return ReaderHere(reader=reader, server=server)

    def is_operator(self, interaction: Interaction) -> bool:
        """Whether whoever acts runs this installation."""
        return self._safety_contact is not None and interaction.user.id == self._safety_contact


async def _standing_of(interaction: Interaction, server: Server) -> StaffStanding | None:
    """What whoever acts has to do with the reports of this server; None if they are not there."""
    guild = interaction.client.get_guild(server.server_id)
    if guild is not None and interaction.guild_id == guild.id and isinstance(interaction.user, discord.Member):
        return standing_in(guild, server, interaction.user)
    try:
        with reading_answers():
            known = guild or await interaction.client.fetch_guild(server.server_id)
            return standing_in(known, server, await known.fetch_member(interaction.user.id))
    except (discord.NotFound, discord.Forbidden):
        return None
    except (discord.DiscordException, aiohttp.ClientError, OSError) as lost:
        raise NotPossible("reports_unclear") from lost
