"""The Discord client: registers commands, components and forms, and syncs the commands when their definition changes.

It needs no privileged intent: members arrive with their interactions, and bans with an intent that everybody may use.
"""

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence

import discord
from discord import app_commands

from bot.chat.commands.translations import CatalogueTranslator
from bot.chat.discord_limits import InvalidRequestCounter
from bot.chat.joined_servers import JoinedServers
from bot.chat.memberships import MembershipNews
from bot.chat.ui.components import FormRouter, Handlers, Interaction, dynamic_item
from bot.chat.ui.replies import Replies
from bot.store import StoreUnavailable
from bot.store.installation import Installation

MAX_RATE_LIMIT_WAIT = 30.0  # seconds; for a longer wait discord.py raises RateLimited, and the courier retries

log = logging.getLogger(__name__)


class HeyBuddyClient(discord.AutoShardedClient):
    """Passes interactions to the handlers it is given."""

    def __init__(
        self,
        *,
        groups: Sequence[app_commands.Group],
        components: Handlers,
        forms: Handlers,
        replies: Replies,
        joined_servers: JoinedServers,
        installation: Installation,
        news: MembershipNews,
        invalid_requests: InvalidRequestCounter,
        shard_count: int | None = None,
    ) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True, moderation=True),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            max_ratelimit_timeout=MAX_RATE_LIMIT_WAIT,
            http_trace=invalid_requests.trace_config(),
            shard_count=shard_count,
        )
        self.tree = app_commands.CommandTree(self)
        self.tree.error(self._command_failed)
        for group in groups:
            self.tree.add_command(group)
        self._components = components
        self._forms = FormRouter(forms)
        self._replies = replies
        self._joined_servers = joined_servers
        self._installation = installation
        self._news = news
        self._connected_shards: set[int] = set()

    async def setup_hook(self) -> None:
        """Called by the library after login and before the first event; also after an interrupted login."""
        await self.tree.set_translator(CatalogueTranslator())
        self.add_dynamic_items(*(dynamic_item(*each) for each in self._components.items()))
        await self._sync_changed_commands()

    @property
    def is_connected(self) -> bool:
        """Whether all shards of this process receive events; guilds may still be loading."""
        return len(self._connected_shards) == len(self.shard_ids or range(self.shard_count or 1))

    async def on_shard_connect(self, shard_id: int) -> None:
        """A shard has connected."""
        self._connected_shards.add(shard_id)

    async def on_shard_resumed(self, shard_id: int) -> None:
        """A shard has resumed after an interruption."""
        self._connected_shards.add(shard_id)

    async def on_shard_disconnect(self, shard_id: int) -> None:
        """A shard has lost its connection; the library reconnects it."""
        self._connected_shards.discard(shard_id)

    async def on_ready(self) -> None:
        """All shards of this process have connected; `guilds` are theirs, and include those that are unavailable."""
        shard_count = self.shard_count or 1
        await self._joined_servers.compare(
            [guild.id for guild in self.guilds],
            shard_ids=self.shard_ids or range(shard_count),
            shard_count=shard_count,
        )

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """The bot was added to a server."""
        await self._joined_servers.record_joined(guild.id)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """The bot was removed from a server, or the server is gone; not when it is only unavailable."""
        await self._joined_servers.record_left(guild.id)

    async def on_interaction(self, interaction: Interaction) -> None:
        """Answer submitted forms; the library itself passes on commands and components."""
        await self._forms.dispatch(interaction)

    async def on_member_ban(self, guild: discord.Guild, user: discord.User | discord.Member) -> None:
        """A member was banned. Comes only if the bot has Ban Members or View Audit Log in the server."""
        try:
            await self._news.record_absence(guild.id, user.id)
        except StoreUnavailable as unavailable:
            log.warning("A ban waits until the next question about its member: %s", unavailable)

    async def _command_failed(self, interaction: Interaction, error: app_commands.AppCommandError) -> None:
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        if interaction.type is discord.InteractionType.application_command:
            await self._replies.report_failure(interaction, cause)
        else:
            log.error("Autocomplete failed.", exc_info=cause)

    async def _sync_changed_commands(self) -> None:
        name = f"commands_synced:{self.application_id}"
        definition = await self._definition_hash()
        if await self._installation.get(name) == definition:
            return
        try:
            await self.tree.sync()
        except discord.HTTPException as refused:
            log.error("Discord rejected the commands (%s): %s", refused.code, refused.text)  # noqa: TRY400  # a traceback would add nothing
            return
        await self._installation.set(name, definition)

    async def _definition_hash(self) -> str:
        """A hash of the commands in every language; it changes when anything about them changes."""
        translator = self.tree.translator
        if translator is None:
            raise RuntimeError("The translator must be set before the commands are hashed.")
        commands = self.tree.get_commands()
        payloads: list[Mapping[str, object]] = [
            await command.get_translated_payload(self.tree, translator) for command in commands
        ]
        return hashlib.sha256(json.dumps(payloads, sort_keys=True).encode()).hexdigest()
