"""Editing the answer to an earlier interaction, by the token that Discord gave with it."""

import discord
from discord.http import handle_message_parameters
from discord.webhook.async_ import async_context

from bot.chat.ui.layout import ping_nobody


def interaction_webhook(client: discord.Client, token: str) -> discord.Webhook:
    """The webhook that answers the interaction of `token`; the client must be logged in."""
    if client.application_id is None:
        raise RuntimeError("Interactions can be answered only after the login.")
    webhook = discord.Webhook.partial(client.application_id, token, client=client)
    webhook.type = discord.WebhookType.application
    return webhook


async def edit_original_answer(client: discord.Client, token: str, view: discord.ui.LayoutView) -> None:
    """Show `view` in place of the interaction's answer. Raises what the library raises."""
    webhook = interaction_webhook(client, token)
    with handle_message_parameters(view=view, allowed_mentions=ping_nobody()) as changed:
        await async_context.get().edit_original_interaction_response(
            webhook.id, token, session=webhook.session, payload=changed.payload
        )
