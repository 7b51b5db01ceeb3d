"""The Discord client: which commands, buttons and forms there are, and that Discord knows the commands as they are now.

It needs no privileged intent: members arrive with their interactions.
"""

import hashlib
import json
import logging
from collections.abc import Sequence
from typing import Protocol

import discord
from discord import app_commands

from bot.chat.commands.spoken import CatalogueTranslator
from bot.chat.conversation import Conversation, Interaction
from bot.chat.invalid_requests import InvalidRequests
from bot.chat.pressing import DynamicItem, Forms

LONGEST_BUCKET_WAIT = 30.0  # seconds; a longer one is a TryAgain of the courier's, not a silent sleep

log = logging.getLogger(__name__)


class Installation(Protocol):
    """A place for single facts by name."""

    async def get(self, name: str) -> str | None: ...
    async def set(self, name: str, value: str) -> None: ...


class HeyBuddyClient(discord.AutoShardedClient):
    """Answers interactions; everything it answers with is given to it."""

    def __init__(
        self,
        *,
        groups: Sequence[app_commands.Group],
        items: Sequence[type[DynamicItem]],
        forms: Forms,
        conversation: Conversation,
        installation: Installation,
        invalid_requests: InvalidRequests,
        shard_count: int | None = None,
    ) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            max_ratelimit_timeout=LONGEST_BUCKET_WAIT,
            http_trace=invalid_requests.trace(),
            shard_count=shard_count,
        )
        self.tree = app_commands.CommandTree(self)
        self.tree.error(self._command_failed)
        for group in groups:
            self.tree.add_command(group)
        self._items = items
        self._forms = forms
        self._conversation = conversation
        self._installation = installation
        self._connected: set[int] = set()

    async def setup_hook(self) -> None:
        """After the login and before the first event; again after a login that was cut off."""
        await self.tree.set_translator(CatalogueTranslator())
        self.add_dynamic_items(*self._items)
        await self._sync_when_changed()

    @property
    def listening(self) -> bool:
        """Whether events arrive by all shards of this process; guilds may still be on their way."""
        return len(self._connected) == len(self.shard_ids or range(self.shard_count or 1))

    async def on_shard_connect(self, shard_id: int) -> None:
        """Discord has taken us in."""
        self._connected.add(shard_id)

    async def on_shard_resumed(self, shard_id: int) -> None:
        """Back after a break."""
        self._connected.add(shard_id)

    async def on_shard_disconnect(self, shard_id: int) -> None:
        """The line is cut; the library mends it."""
        self._connected.discard(shard_id)

    async def on_interaction(self, interaction: Interaction) -> None:
        """Submitted forms come here; the library answers commands and presses itself."""
        await self._forms.submitted(interaction)

    async def _command_failed(self, interaction: Interaction, error: app_commands.AppCommandError) -> None:
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        if interaction.type is discord.InteractionType.application_command:
            await self._conversation.failed(interaction, cause)
        else:
            log.error("Autocomplete failed.", exc_info=cause)

    async def _sync_when_changed(self) -> None:
        name = f"commands_synced:{self.application_id}"
        definition = await self._definition()
        if await self._installation.get(name) == definition:
            return
        try:
            await self.tree.sync()
        except discord.HTTPException as refused:
            log.error("Discord did not take the commands (%s): %s", refused.code, refused.text)  # noqa: TRY400  # the text says it all
            return
        await self._installation.set(name, definition)

    async def _definition(self) -> str:
        """A hash of the commands in every language, the same as long as nothing about them changes."""
        translator = self.tree.translator
        if translator is None:
            raise RuntimeError("The translator is set before the commands are looked at.")
        payloads = [await command.get_translated_payload(self.tree, translator) for command in self.tree.get_commands()]
        return hashlib.sha256(json.dumps(payloads, sort_keys=True).encode()).hexdigest()
