"""The panel: the message in the study channel whose button does what `/study now` does."""

import asyncio
import hashlib
import logging
from dataclasses import dataclass

import aiohttp
import discord

from bot.chat.discord_trouble import UnreadableAnswer, is_temporary, reading_answers, reason_of
from bot.chat.request_queue import HeldBack
from bot.chat.ui.layout import Card, card_view, ping_nobody
from bot.chat.ui.notices import find_partner_button
from bot.domain.server import Server
from bot.words import Words

LOOK_WITHIN = 3.0  # seconds, for a look at Discord after an answer was saved
NONCE_LETTERS = 22

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedPanel:
    """The panel in the channel: its message, None if Discord refused; `deed` is the key of what was done."""

    message_id: int | None
    deed: str


def panel_card(words: Words, *, server_id: int, text: str | None = None) -> Card:
    """The panel as a card, with the server's own `text` if it has one."""
    return Card(
        title=words("chat.panel.title"),
        text=text or words("chat.panel.text"),
        small=words("chat.panel.small"),
        buttons=(find_partner_button(words, server_id),),
    )


async def is_panel_gone(client: discord.Client, server: Server) -> bool:
    """Whether the panel was deleted, asked of Discord.

    False if it was never posted, if it is there, and if Discord does not say: a look at it is no reason to fail.
    """
    if server.panel_message_id is None or server.channel_id is None:
        return False
    try:
        async with asyncio.timeout(LOOK_WITHIN):
            with reading_answers():
                await _channel(client, server).fetch_message(server.panel_message_id)
    except discord.HTTPException as refusal:  # whatever keeps us from reading is a problem of the channel
        return isinstance(refusal, discord.NotFound) and not is_temporary(refusal)
    except (discord.DiscordException, aiohttp.ClientError, OSError, UnreadableAnswer) as lost:
        log.info("whether the panel of server %d is there is not known: %s", server.server_id, reason_of(lost))
    return False


async def publish_panel(client: discord.Client, server: Server, words: Words) -> PublishedPanel:
    """Edit the panel if it is still there, else post it in the server's channel.

    Raises what Discord raises, except that it does not let us write there.
    """
    try:
        if server.panel_message_id is not None and await _edit_panel(client, server, words):
            return PublishedPanel(message_id=server.panel_message_id, deed="panel_updated")
        posted = await _post_panel(client, server, words)
    except discord.Forbidden as refusal:
        if is_temporary(refusal):
            raise
        return PublishedPanel(message_id=None, deed="not_posted")
    deed = "panel_posted" if server.panel_message_id is None else "panel_replaced"
    return PublishedPanel(message_id=posted.id, deed=deed)


async def remove_panel(client: discord.Client, server: Server) -> str:
    """Delete the panel, and return the key of what was done, "" if it was gone already.

    Raises what Discord raises, except that it does not let us.
    """
    try:
        await _channel(client, server).get_partial_message(server.panel_message_id or 0).delete()
    except (discord.NotFound, discord.Forbidden) as refusal:
        if is_temporary(refusal):
            raise
        return "" if isinstance(refusal, discord.NotFound) else "panel_stays"
    return "panel_removed"


async def _post_panel(client: discord.Client, server: Server, words: Words) -> discord.Message:
    """Post it; once more if Discord's answer was lost, or when the admin presses again: the nonce keeps it the same."""
    nonce = hashlib.sha256(f"{server.server_id} {server.channel_id} {server.version}".encode()).hexdigest()

    async def post() -> discord.Message:
        view = _panel_view(words, server)
        return await _channel(client, server).send(
            view=view, nonce=nonce[:NONCE_LETTERS], allowed_mentions=ping_nobody()
        )

    try:
        return await post()
    except HeldBack:
        raise
    except (aiohttp.ClientError, OSError) as lost:
        log.info("The answer to a posted panel was lost, so it is posted again: %s", reason_of(lost))
        return await post()


async def _edit_panel(client: discord.Client, server: Server, words: Words) -> bool:
    """Whether the panel was there to be edited."""
    panel = _channel(client, server).get_partial_message(server.panel_message_id or 0)
    try:
        await panel.edit(view=_panel_view(words, server), allowed_mentions=ping_nobody())
    except discord.NotFound as missing:
        if is_temporary(missing):
            raise
        return False
    return True


def _panel_view(words: Words, server: Server) -> discord.ui.LayoutView:
    return card_view(panel_card(words, server_id=server.server_id, text=server.panel_text))


def _channel(client: discord.Client, server: Server) -> discord.PartialMessageable:
    return client.get_partial_messageable(server.channel_id or 0, guild_id=server.server_id)
