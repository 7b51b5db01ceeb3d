"""The panel: the message in the study channel whose button does what `/study now` does."""

import discord

from bot.chat.discord_trouble import is_temporary
from bot.chat.setup.permissions import PANEL_GONE, SetupProblem
from bot.chat.ui.layout import Card, card_view, ping_nobody
from bot.chat.ui.notices import find_partner_button
from bot.domain.server import Server
from bot.words import Words


def panel_card(words: Words, *, server_id: int) -> Card:
    """The panel as a card."""
    return Card(
        title=words("chat.panel.title"),
        text=words("chat.panel.text"),
        small=words("chat.panel.small"),
        buttons=(find_partner_button(words, server_id),),
    )


async def find_panel_problem(client: discord.Client, server: Server) -> list[SetupProblem]:
    """What is wrong with the panel, asked of Discord: that it was deleted. Empty if it was never posted or is there."""
    if server.panel_message_id is None or server.channel_id is None:
        return []
    channel = client.get_partial_messageable(server.channel_id, guild_id=server.server_id)
    try:
        await channel.fetch_message(server.panel_message_id)
    except discord.HTTPException as refusal:
        if not isinstance(refusal, discord.NotFound) or is_temporary(refusal):
            return []  # whatever keeps us from reading is a problem of the channel
        return [SetupProblem(code=PANEL_GONE, stops=False, values={"channel": f"<#{server.channel_id}>"})]
    return []


async def publish_panel(client: discord.Client, server: Server, words: Words) -> int:
    """Edit the panel if it still exists, else post it in the server's channel; returns the message's id.

    Raises discord.Forbidden if we may not write there.
    """
    channel = client.get_partial_messageable(server.channel_id or 0, guild_id=server.server_id)
    view = card_view(panel_card(words, server_id=server.server_id))
    if server.panel_message_id is not None:
        try:
            await channel.get_partial_message(server.panel_message_id).edit(view=view, allowed_mentions=ping_nobody())
        except discord.NotFound as missing:
            if is_temporary(missing):
                raise
        else:
            return server.panel_message_id
    return (await channel.send(view=view)).id
