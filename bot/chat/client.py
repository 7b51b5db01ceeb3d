"""The Discord client: knows the commands, components and forms, and can be opened again after its connection ended.

It needs no privileged intent: members arrive with their interactions, and bans with an intent that everybody may use.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

import discord
import yarl
from discord import app_commands

from bot.chat.commands.registration import CommandRegistration
from bot.chat.commands.translations import CatalogueTranslator
from bot.chat.discord_trouble import log_failure
from bot.chat.joined_servers import JoinedServers
from bot.chat.memberships import MembershipNews
from bot.chat.request_limiter import RequestLimiter
from bot.chat.setup.server_changes import ServerChanges
from bot.chat.shard_servers import announce_shard_servers
from bot.chat.ui.components import FormRouter, Handlers, Interaction, dynamic_item
from bot.chat.ui.replies import Replies
from bot.clock import Clock
from bot.store import StoreUnavailable

MAX_RATE_LIMIT_WAIT = 30.0  # seconds; for a longer wait discord.py raises RateLimited, and the courier retries

log = logging.getLogger(__name__)


class HeyBuddyClient(discord.AutoShardedClient):
    """Passes interactions to the handlers it is given."""

    def __init__(
        self,
        *,
        groups: Sequence[app_commands.Group | app_commands.Command[Any, ..., None]],
        components: Handlers,
        forms: Handlers,
        replies: Replies,
        joined_servers: JoinedServers,
        server_changes: ServerChanges,
        news: MembershipNews,
        limiter: RequestLimiter,
        clock: Clock,
        shard_count: int | None = None,
    ) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True, moderation=True),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            max_ratelimit_timeout=MAX_RATE_LIMIT_WAIT,
            http_trace=limiter.trace_config(),
            shard_count=shard_count,
        )
        self.tree = app_commands.CommandTree(self)
        self.tree.error(self._command_failed)
        for group in groups:
            self.tree.add_command(group)
        announce_shard_servers(self)
        self._components = components
        self._forms = FormRouter(forms)
        self._replies = replies
        self._joined_servers = joined_servers
        self._server_changes = server_changes
        self._news = news
        self._limiter = limiter
        self._connected_shards: set[int] = set()
        self._launching: set[int] = set()
        self.connected = asyncio.Event()
        """Set while all shards of this process receive events; guilds may still be loading."""
        self.is_logged_in = False
        """Whether requests can be sent."""
        self.registration = CommandRegistration(self, self.tree, clock)

    async def setup_hook(self) -> None:
        """Called by the library after each login and before the first event."""
        await self.tree.set_translator(CatalogueTranslator())
        self.add_dynamic_items(*(dynamic_item(*each) for each in self._components.items()))
        self.is_logged_in = True

    async def reopen(self) -> None:
        """Close, and forget all that belongs to the ended connection, so that the client can log in again."""
        await self.close()
        self.clear()
        self._connected_shards.clear()
        await self._async_setup_hook()  # makes a new queue of events; the old one has those of closed shards

    def use_new_connector(self) -> None:
        """Give the next login connections of its own: those of an earlier one are closed."""
        self.http.connector = self._limiter.connector()

    async def close(self) -> None:
        """Close every connection. Nothing can be sent until the next login."""
        self.is_logged_in = False
        self.connected.clear()
        await super().close()

    async def launch_shard(self, gateway: yarl.URL, shard_id: int, *, initial: bool = False) -> None:
        """Connect a shard. Raises GatewayNotFound if that fails: the library would try for ever, ever deeper nested."""
        if shard_id in self._launching:
            raise discord.GatewayNotFound
        self._launching.add(shard_id)
        try:
            await super().launch_shard(gateway, shard_id, initial=initial)
        finally:
            self._launching.discard(shard_id)

    async def on_shard_connect(self, shard_id: int) -> None:
        """A shard has connected."""
        self._note_connected(shard_id)

    async def on_shard_resumed(self, shard_id: int) -> None:
        """A shard has resumed after an interruption."""
        self._note_connected(shard_id)

    async def on_shard_disconnect(self, shard_id: int) -> None:
        """A shard has lost its connection; the library reconnects it."""
        self._connected_shards.discard(shard_id)
        self.connected.clear()

    async def on_shard_servers(self, shard_id: int, server_ids: Sequence[int]) -> None:
        """A shard has identified; these servers are its own, and include those that are unavailable."""
        await self._joined_servers.compare(server_ids, shard_ids=[shard_id], shard_count=self.shard_count or 1)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """The bot was added to a server."""
        await self._joined_servers.record_joined(guild.id)
        await self._server_changes.note_joined(guild)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """The bot was removed from a server, or the server is gone; not when it is only unavailable."""
        self._server_changes.note_left(guild.id)
        await self._joined_servers.record_left(guild.id)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """A channel was deleted, perhaps with the panel in it."""
        self._server_changes.note_change(channel.guild)
        await self._joined_servers.record_channel_deleted(channel.guild.id, channel.id)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """A server is there after a start or an outage of Discord's."""
        self._server_changes.note_change(guild)

    async def on_guild_update(self, _: discord.Guild, guild: discord.Guild) -> None:
        """A server's settings have changed."""
        self._server_changes.note_change(guild)

    async def on_guild_channel_create(self, channel: discord.abc.GuildChannel) -> None:
        """A channel was made, or is no longer hidden."""
        self._server_changes.note_change(channel.guild)

    async def on_guild_channel_update(self, _: discord.abc.GuildChannel, channel: discord.abc.GuildChannel) -> None:
        """A channel has changed, perhaps who may do what there."""
        self._server_changes.note_change(channel.guild)

    async def on_guild_role_create(self, role: discord.Role) -> None:
        """A role was made."""
        self._server_changes.note_change(role.guild)

    async def on_guild_role_update(self, _: discord.Role, role: discord.Role) -> None:
        """A role has changed, perhaps what it allows."""
        self._server_changes.note_change(role.guild)

    async def on_guild_role_delete(self, role: discord.Role) -> None:
        """A role was deleted."""
        self._server_changes.note_change(role.guild)

    async def on_member_update(self, _: discord.Member, member: discord.Member) -> None:
        """The bot's own roles or timeout have changed: without another intent it hears of nobody else."""
        self._server_changes.note_change(member.guild)

    async def on_interaction(self, interaction: Interaction) -> None:
        """Answer submitted forms; the library itself passes on commands and components. All show where the bot is."""
        await self._forms.dispatch(interaction)
        if interaction.guild_id is not None and isinstance(interaction.user, discord.Member):
            await self._joined_servers.record_use(interaction.guild_id)

    async def on_member_ban(self, guild: discord.Guild, user: discord.User | discord.Member) -> None:
        """A member was banned. Comes only if the bot has Ban Members or View Audit Log in the server."""
        try:
            await self._news.record_absence(guild.id, user.id)
        except StoreUnavailable as unavailable:
            log.warning("A ban waits until the next question about its member: %s", unavailable)

    async def on_audit_log_entry_create(self, entry: discord.AuditLogEntry) -> None:
        """Somebody kicked, banned, timed out or changed a member. Comes only if the bot has View Audit Log there."""
        try:
            await self._news.record_moderation(entry)
        except StoreUnavailable as unavailable:
            log.warning("What an admin did waits until the next question about its member: %s", unavailable)

    def _note_connected(self, shard_id: int) -> None:
        self._connected_shards.add(shard_id)
        is_complete = len(self._connected_shards) == len(self.shard_ids or range(self.shard_count or 1))
        if is_complete and not self.connected.is_set():
            self.connected.set()
            log.info("Connected to Discord.")

    async def _command_failed(self, interaction: Interaction, error: app_commands.AppCommandError) -> None:
        if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
            self.registration.compare_soon()
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        if interaction.type is discord.InteractionType.application_command:
            await self._replies.report_failure(interaction, cause)
        else:
            log_failure(log, "Autocomplete failed", cause)
