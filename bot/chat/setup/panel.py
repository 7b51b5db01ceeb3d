"""The panel: the message in the study channel whose button does what `/study now` does."""

from dataclasses import dataclass

import discord

from bot.chat.discord_trouble import is_temporary
from bot.chat.setup.permissions import PANEL_GONE, SetupProblem
from bot.chat.ui.layout import Card, card_view, ping_nobody
from bot.chat.ui.notices import find_partner_button
from bot.domain.server import Server
from bot.words import Words


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedPanel:
    """The panel in the channel: its message, None if Discord refused; `deed` is the key of what was done."""

    message_id: int | None
    deed: str


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
    try:
        await _channel(client, server).fetch_message(server.panel_message_id)
    except discord.HTTPException as refusal:
        if not isinstance(refusal, discord.NotFound) or is_temporary(refusal):
            return []  # whatever keeps us from reading is a problem of the channel
        return [SetupProblem(code=PANEL_GONE, stops=False, values={"channel": f"<#{server.channel_id}>"})]
    return []


async def publish_panel(client: discord.Client, server: Server, words: Words) -> PublishedPanel:
    """Edit the panel if it is still there, else post it in the server's channel.

    Raises what Discord raises, except that it does not let us write there.
    """
    try:
        if server.panel_message_id is not None and await _edit_panel(client, server, words):
            return PublishedPanel(message_id=server.panel_message_id, deed="panel_updated")
        posted = await _channel(client, server).send(view=_panel_view(words, server))
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
    return card_view(panel_card(words, server_id=server.server_id))


def _channel(client: discord.Client, server: Server) -> discord.PartialMessageable:
    return client.get_partial_messageable(server.channel_id or 0, guild_id=server.server_id)
