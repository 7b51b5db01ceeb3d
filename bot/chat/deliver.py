"""One attempt to deliver one message by its route, and its outcome.

The courier decides when to try and which route comes next; the stored message says what to send to whom.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

import aiohttp
import discord
from discord.http import handle_message_parameters
from discord.webhook.async_ import async_context

from bot.chat.discord_trouble import TokenRefused, is_token_refused, retry_after
from bot.chat.interaction_tokens import TokenCipher
from bot.chat.message_cards import MessageCards
from bot.chat.ui.layout import card_view, ping_members, ping_nobody
from bot.clock import Clock
from bot.domain.message import BOT_TOKEN_ROUTES, Delivered, Outcome, Refused, Route, TryAgain
from bot.store.interactions import Interactions
from bot.store.members import Members
from bot.store.outbox import OutboxMessage
from bot.store.servers import Servers

TRY_TIMEOUT = 20.0  # seconds; discord.py's own waits for a rate limit are silent
RETRY_WHILE_CONNECTING = timedelta(seconds=1)
UNKNOWN_CHANNEL = 10003
OPENING_CHANNELS_TOO_FAST = 40003


class MessageDelivery:
    """Sends messages through `client`. Every attempt of a message has the same link and nonce.

    `can_send` tells whether the client is logged in.
    """

    def __init__(
        self,
        *,
        client: discord.Client,
        cards: MessageCards,
        members: Members,
        interactions: Interactions,
        servers: Servers,
        tokens: TokenCipher,
        clock: Clock,
        can_send: Callable[[], bool],
    ) -> None:
        self._client = client
        self._cards = cards
        self._members = members
        self._interactions = interactions
        self._servers = servers
        self._tokens = tokens
        self._clock = clock
        self._can_send = can_send

    async def deliver(self, message: OutboxMessage) -> Outcome:
        """Try once. Raises TokenRefused when Discord no longer accepts the bot's token: all sending must stop."""
        if not self._can_send():
            return TryAgain(reason="connecting", after=RETRY_WHILE_CONNECTING)
        try:
            async with asyncio.timeout(TRY_TIMEOUT):
                return await self._send_by_route(message)
        except discord.HTTPException as refusal:
            return _outcome_of(refusal, message.route)
        except (discord.RateLimited, aiohttp.ClientError, OSError) as error:
            reason = "rate_limited" if isinstance(error, discord.RateLimited) else type(error).__name__
            return TryAgain(reason=reason, after=_pause_of(error))
        except RuntimeError:
            if self._can_send():
                raise
            return TryAgain(reason="connecting", after=RETRY_WHILE_CONNECTING)  # the client closed meanwhile

    async def _send_by_route(self, message: OutboxMessage) -> Outcome:
        match message.route:
            case Route.CARD:
                return await self._edit_card(message)
            case Route.DIRECT:
                return await self._send_direct_message(message)
            case Route.FOLLOW_UP:
                return await self._send_follow_up(message)
            case Route.MENTION:
                return await self._send_mention(message)

    async def _edit_card(self, message: OutboxMessage) -> Outcome:
        webhook = await self._webhook(message, card=True)
        if webhook is None:
            return Refused(reason="no_card")
        view = card_view(await self._cards.private_card(message))
        with handle_message_parameters(view=view, allowed_mentions=ping_nobody()) as changed:
            await async_context.get().edit_original_interaction_response(
                webhook.id, webhook.token or "", session=webhook.session, payload=changed.payload
            )
        return Delivered()

    async def _send_follow_up(self, message: OutboxMessage) -> Outcome:
        webhook = await self._webhook(message, card=False)
        if webhook is None:
            return Refused(reason="no_interaction")
        view = card_view(await self._cards.private_card(message))
        await webhook.send(view=view, ephemeral=True, wait=True, allowed_mentions=ping_nobody())
        return Delivered()

    async def _webhook(self, message: OutboxMessage, *, card: bool) -> discord.Webhook | None:
        """The webhook of the member's latest interaction, or of the interaction that their card answers."""
        find = self._interactions.find_card if card else self._interactions.find_newest
        kept = await find(message.member_id, self._clock.now())
        token = self._tokens.decrypt(kept.encrypted_token, message.member_id) if kept else None
        if token is None or self._client.application_id is None:
            return None
        webhook = discord.Webhook.partial(self._client.application_id, token, client=self._client)
        webhook.type = discord.WebhookType.application
        return webhook

    async def _send_direct_message(self, message: OutboxMessage) -> Outcome:
        view = card_view(await self._cards.private_card(message))
        known = await self._members.find_dm_channel(message.member_id)
        channel_id = known or await self._open_channel(message.member_id)
        try:
            return await self._send(channel_id, message, view, ping_nobody())
        except discord.NotFound as lost:
            if known is None or lost.code != UNKNOWN_CHANNEL:
                raise
        return await self._send(await self._open_channel(message.member_id), message, view, ping_nobody())

    async def _open_channel(self, member_id: int) -> int:
        # Discord wants ids as text; the library would send the number it is given.
        channel = await self._client.http.start_private_message(str(member_id))
        channel_id = int(channel["id"])
        await self._members.save_dm_channel(member_id, channel_id, self._clock.now())
        return channel_id

    async def _send_mention(self, message: OutboxMessage) -> Outcome:
        server = await self._servers.get(message.server_id)
        if server is None or server.channel_id is None:
            return Refused(reason="no_channel")
        view = card_view(self._cards.public_card(message, server), mention=message.member_id)
        return await self._send(server.channel_id, message, view, ping_members())

    async def _send(
        self, channel_id: int, message: OutboxMessage, view: discord.ui.LayoutView, pings: discord.AllowedMentions
    ) -> Outcome:
        channel = self._client.get_partial_messageable(channel_id)
        sent = await channel.send(view=view, nonce=message.id, allowed_mentions=pings, suppress_embeds=True)
        return Delivered(channel_id=channel_id, message_id=sent.id)


def _outcome_of(refusal: discord.HTTPException, route: Route) -> Outcome:
    if is_token_refused(refusal) and route in BOT_TOKEN_ROUTES:
        raise TokenRefused(TokenRefused.__doc__) from refusal
    reason = f"discord_{refusal.status}_{refusal.code}"
    is_temporary = (
        refusal.status == HTTPStatus.TOO_MANY_REQUESTS
        or refusal.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        or refusal.code == OPENING_CHANNELS_TOO_FAST
    )
    return TryAgain(reason=reason, after=_pause_of(refusal)) if is_temporary else Refused(reason=reason)


def _pause_of(error: Exception) -> timedelta | None:
    seconds = retry_after(error)
    return None if seconds is None else timedelta(seconds=seconds)
