"""One attempt to deliver one message by its route, and its outcome.

The courier decides when to try and which route comes next; the stored message says what to send to whom.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import aiohttp
import discord

from bot.chat.direct_channels import DirectChannels
from bot.chat.discord_trouble import (
    NOT_CONNECTED,
    TokenRefused,
    UnreadableAnswer,
    is_temporary,
    is_token_refused,
    reading_answers,
    reason_of,
    retry_after,
)
from bot.chat.interaction_tokens import TokenCipher
from bot.chat.message_cards import MessageCards
from bot.chat.request_queue import HeldBack
from bot.chat.ui.card_edit import interaction_webhook
from bot.chat.ui.layout import Card, card_view, ping_members, ping_nobody, ping_role
from bot.clock import Clock
from bot.domain.message import BOT_TOKEN_ROUTES, AlertDetails, Delivered, NotTried, Outcome, Refused, Route, TryAgain
from bot.store.interactions import Interactions
from bot.store.outbox import OutboxMessage
from bot.store.servers import Servers

TRY_TIMEOUT = 20.0  # seconds; discord.py's own waits for a rate limit are silent


class MessageDelivery:
    """Sends messages through `client`. Every attempt of a message has the same link and nonce.

    `can_send` tells whether the client is logged in.
    """

    def __init__(
        self,
        *,
        client: discord.Client,
        cards: MessageCards,
        channels: DirectChannels,
        interactions: Interactions,
        servers: Servers,
        tokens: TokenCipher,
        clock: Clock,
        can_send: Callable[[], bool],
    ) -> None:
        self._client = client
        self._cards = cards
        self._channels = channels
        self._interactions = interactions
        self._servers = servers
        self._tokens = tokens
        self._clock = clock
        self._can_send = can_send

    async def deliver(self, message: OutboxMessage) -> Outcome:
        """Try once. Raises TokenRefused when Discord no longer accepts the bot's token: all sending must stop."""
        if not self._can_send():
            return NotTried(reason=NOT_CONNECTED)
        try:
            async with asyncio.timeout(TRY_TIMEOUT):
                return await self._send_by_route(message)
        except discord.HTTPException as refusal:
            return outcome_of_refusal(refusal, message.route)
        except (discord.RateLimited, aiohttp.ClientError, OSError, UnreadableAnswer) as error:
            return TryAgain(reason=reason_of(error), after=pause_of(error), attempted=not isinstance(error, HeldBack))
        except RuntimeError:
            if self._can_send():
                raise
            return TryAgain(reason=NOT_CONNECTED)  # the client closed meanwhile

    async def _send_by_route(self, message: OutboxMessage) -> Outcome:
        match message.route:
            case Route.DIRECT:
                return await self._send_direct_message(message)
            case Route.FOLLOW_UP:
                return await self._send_follow_up(message)
            case Route.MENTION:
                return await self._send_mention(message)
            case Route.STAFF:
                return await self._send_to_staff(message)
            case Route.CARD:
                # a card is the answer to an interaction, never a message of ours
                return Refused(reason="a card is only edited", attempted=False)

    async def _send_follow_up(self, message: OutboxMessage) -> Outcome:
        kept = await self._interactions.find_newest(message.member_id, self._clock.now())
        token = self._tokens.decrypt(kept.encrypted_token, message.member_id) if kept else None
        if kept is None or token is None:
            return Refused(reason="the member's last command is too old to be answered", attempted=False)
        await self._interactions.save_follow_up(message.member_id, kept, message.id)
        is_last = kept.last_edit_at <= self._clock.now()
        card = await (self._cards.lasting_card(message) if is_last else self._cards.private_card(message))
        webhook = interaction_webhook(self._client, token)
        view = card_view(card)
        with reading_answers():
            sent = await webhook.send(view=view, ephemeral=True, wait=True, allowed_mentions=ping_nobody())
        changes_at = None if is_last else kept.next_edit_at(card.changes_at)
        return Delivered(message_id=sent.id, shows=card.digest, changes_at=changes_at)

    async def _send_direct_message(self, message: OutboxMessage) -> Outcome:
        if await self._channels.are_closed(message.member_id):
            return Refused(reason="the member takes no direct messages", attempted=False)
        card = await self._cards.private_card(message)
        with reading_answers():  # about the channel, too
            return await self._channels.send(message.member_id, lambda channel: self._send_card(channel, message, card))

    async def _send_card(self, channel_id: int, message: OutboxMessage, card: Card) -> Delivered:
        sent = await self._send(channel_id, message, card_view(card), ping_nobody())
        return replace(sent, shows=card.digest, changes_at=card.changes_at)

    async def _send_mention(self, message: OutboxMessage) -> Outcome:
        server = await self._servers.get(message.server_id)
        if server is None or server.channel_id is None:
            return Refused(reason="the server has no study channel", attempted=False)
        view = card_view(self._cards.public_card(message, server.locale), mention=message.member_id)
        leads_to = await self._cards.private_card(message)
        sent = await self._send(server.channel_id, message, view, ping_members())
        return replace(sent, changes_at=leads_to.changes_at)

    async def _send_to_staff(self, message: OutboxMessage) -> Outcome:
        """Post in the staff's channel. Told again, it mentions the readers' role, if the server has chosen one."""
        server = await self._servers.get(message.server_id)
        if server is None or server.staff_channel_id is None:
            return Refused(reason="the server has no channel for staff", attempted=False)
        card = await self._cards.private_card(message)
        is_repeated = isinstance(message.payload, AlertDetails) and message.payload.again
        role_id = server.reader_role_id if is_repeated else None
        view = card_view(card, role_id=role_id)
        sent = await self._send(server.staff_channel_id, message, view, ping_role(role_id))
        return replace(sent, shows=card.digest)

    async def _send(
        self, channel_id: int, message: OutboxMessage, view: discord.ui.LayoutView, pings: discord.AllowedMentions
    ) -> Delivered:
        channel = self._client.get_partial_messageable(channel_id)
        with reading_answers():
            sent = await channel.send(view=view, nonce=message.id, allowed_mentions=pings, suppress_embeds=True)
        return Delivered(channel_id=channel_id, message_id=sent.id)


def outcome_of_refusal(refusal: discord.HTTPException, route: Route) -> Outcome:
    """What follows from a refusal of a message by `route`, or of an edit of it. Raises TokenRefused."""
    if is_token_refused(refusal) and route in BOT_TOKEN_ROUTES:
        raise TokenRefused(TokenRefused.__doc__) from refusal
    reason = reason_of(refusal)
    return TryAgain(reason=reason, after=pause_of(refusal)) if is_temporary(refusal) else Refused(reason=reason)


def pause_of(error: Exception) -> timedelta | None:
    """How long Discord asks us to wait; None if it does not."""
    seconds = retry_after(error)
    return None if seconds is None else timedelta(seconds=seconds)
