"""Posts the panel and moves it, so that a server has one at most, whatever fails or is pressed twice."""

from dataclasses import replace

import discord

from bot.chat.setup.actions import ServerProfile, SetupActions, SetupResult
from bot.chat.setup.checks.all_checks import find_problems
from bot.chat.setup.checks.facts import CheckFacts
from bot.chat.setup.checks.snapshot import take_snapshot
from bot.chat.setup.panel import publish_panel, remove_panel
from bot.chat.setup.state import may_publish_panel
from bot.domain.server import Server
from bot.words import Words


class PanelChanges:
    """What an admin does with the panel. Changes of one server's must follow each other."""

    def __init__(self, actions: SetupActions) -> None:
        self._actions = actions

    async def publish(
        self, client: discord.Client, guild: discord.Guild, profile: ServerProfile, version: int, words: Words
    ) -> SetupResult:
        """Post the panel, or edit the one that is there; the note says which. Raises what Discord raises."""
        server = await self._actions.current(profile)
        if server.version != version and server.panel_message_id is None:
            return SetupResult(server=server, note="changed_meanwhile")
        facts = CheckFacts(server=server, guild=take_snapshot(guild, server))
        if not may_publish_panel(server, find_problems(facts)):
            return SetupResult(server=server)
        published = await publish_panel(client, server, words)
        if published.message_id is not None and published.message_id != server.panel_message_id:
            kept = await self._keep(client, profile, replace(server, panel_message_id=published.message_id))
            if kept.note:
                return kept
            server = kept.server
        return SetupResult(server=server, note=published.deed, channel_id=server.channel_id)

    async def move(
        self, client: discord.Client, profile: ServerProfile, version: int, channel_id: int | None
    ) -> SetupResult:
        """Save another channel, and remove the panel from the former one.

        Raises what Discord raises; then nothing is saved.
        It is removed first: if we stop in between, it is found to be gone.
        """
        before = await self._actions.current(profile)
        is_left_behind = before.panel_message_id is not None and before.channel_id != channel_id
        if before.version != version or not is_left_behind:
            return await self._actions.set_channel(profile, version, channel_id)
        deed = await remove_panel(client, before)
        result = await self._actions.set_channel(profile, version, channel_id)
        if result.note:
            return result
        return replace(result, note=deed, channel_id=before.channel_id)

    async def _keep(self, client: discord.Client, profile: ServerProfile, posted: Server) -> SetupResult:
        """Save which message is the panel. One that cannot be saved is removed again: nobody would know of it."""
        is_kept = False
        try:
            result = await self._actions.set_panel(profile, posted.version, posted.panel_message_id or 0)
            is_kept = not result.note
        finally:
            if not is_kept:
                await remove_panel(client, posted)
        return result
