"""What the bot posts for staff in the channel that a server chose for reports, and whether Discord takes it."""

import hashlib
import logging
from datetime import datetime

import aiohttp
import discord

from bot.chat.discord_trouble import is_temporary, reason_of
from bot.chat.setup.checks.facts import StaffPosts
from bot.chat.ui.layout import Card, card_view, ping_nobody
from bot.clock import Clock
from bot.domain.server import Server

NONCE_LETTERS = 22

log = logging.getLogger(__name__)


class StaffChannel:
    """Posts cards. Remembers for this process since when Discord refuses them, by server."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._refused_since: dict[int, datetime] = {}

    def posts_in(self, server: Server) -> StaffPosts:
        """How the last posts went."""
        return StaffPosts(refused_since=self._refused_since.get(server.staff_channel_id or 0))

    async def post(self, client: discord.Client, server: Server, card: Card, *, once: str) -> bool:
        """Post a card, and say whether it is there. The same `once` posts it once within some minutes.

        False if there is no channel, or if Discord does not take it.
        """
        if server.staff_channel_id is None:
            return False
        nonce = hashlib.sha256(f"{server.server_id} {server.staff_channel_id} {once}".encode()).hexdigest()
        channel = client.get_partial_messageable(server.staff_channel_id, guild_id=server.server_id)
        try:
            await channel.send(view=card_view(card), nonce=nonce[:NONCE_LETTERS], allowed_mentions=ping_nobody())
        except (discord.DiscordException, aiohttp.ClientError, OSError) as refusal:
            log.info("nothing could be posted for the staff of server %d: %s", server.server_id, reason_of(refusal))
            if isinstance(refusal, discord.HTTPException) and not is_temporary(refusal):
                self._refused_since.setdefault(server.staff_channel_id, self._clock.now())
            return False
        self._refused_since.pop(server.staff_channel_id, None)
        return True
