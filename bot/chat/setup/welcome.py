"""The message with which the bot introduces itself when it joins a server."""

import logging

import aiohttp
import discord

from bot.chat.discord_trouble import reason_of
from bot.chat.setup import custom_ids
from bot.chat.ui.layout import Button, ButtonStyle, Card, card_view, ping_nobody
from bot.store import StoreUnavailable
from bot.store.servers import Servers
from bot.words import Words, words_for

log = logging.getLogger(__name__)


async def introduce(guild: discord.Guild, servers: Servers) -> None:
    """Post the introduction in the server's system channel, if we may, and if nobody has set the bot up there before.

    Whatever keeps it from being posted is no failure: `/buddy setup` is there all the same.
    """
    channel = guild.system_channel
    try:
        if channel is None or await servers.get(guild.id) is not None:
            return
        allowed = channel.permissions_for(guild.me)
        if allowed.view_channel and allowed.send_messages:
            words = words_for(str(guild.preferred_locale))
            view = card_view(introduction_card(words, guild.id))
            await channel.send(view=view, allowed_mentions=ping_nobody())
    except (discord.DiscordException, aiohttp.ClientError, OSError, StoreUnavailable) as lost:
        log.info("the bot could not introduce itself in server %d: %s", guild.id, reason_of(lost))


def introduction_card(words: Words, server_id: int) -> Card:
    """Who the bot is, and the button that opens setup."""
    start = Button(
        label=words("chat.setup.start"), id=custom_ids.START.format(server=server_id), style=ButtonStyle.MAIN
    )
    return Card(title=words("chat.setup.welcome.title"), text=words("chat.setup.welcome.text"), buttons=(start,))
