"""One message, one try: chooses the card, takes the route that the row names, and says what became of it.

Which route comes next and when, is the courier's business; who is told what, the store's.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from http import HTTPStatus

import aiohttp
import discord
from discord.http import handle_message_parameters
from discord.webhook.async_ import async_context

from bot.chat import cards
from bot.chat.answers import Meeting, News
from bot.chat.drawing import Card, draw
from bot.chat.links import Links
from bot.chat.seal import Seal
from bot.clock import Clock
from bot.domain.message import (
    Delivered,
    MatchDetails,
    MessageKind,
    Outcome,
    Refused,
    Route,
    SearchDetails,
    TryAgain,
    Unauthorized,
)
from bot.store.interactions import Interactions
from bot.store.members import Members
from bot.store.outbox import OutboxMessage
from bot.store.servers import Servers
from bot.words import Words

PATIENCE = 20  # seconds for one try; discord.py's own waits for a bucket are silent
CONNECTING = timedelta(seconds=1)
UNKNOWN_CHANNEL = 10003
OPENING_TOO_FAST = 40003
NOTES = {MessageKind.REMINDER: "reminder", MessageKind.NEW_LINK: "new_link"}
NOBODY = discord.AllowedMentions.none()
WHO_IS_NAMED = discord.AllowedMentions(everyone=False, roles=False, users=True)


class TokenRefused(Unauthorized):
    """Discord refuses the bot's token. Copy it again from the Developer Portal into DISCORD_TOKEN."""


class Deliver:
    """Sends messages through `client`; a repeated try of a row carries the same link and the same nonce.

    The courier paces the messages; `turn` is awaited before the one other request that counts, opening a channel.
    """

    def __init__(
        self,
        *,
        client: discord.Client,
        members: Members,
        interactions: Interactions,
        servers: Servers,
        seal: Seal,
        clock: Clock,
        speak: Callable[[str], Words],
        links: Links,
        turn: Callable[[], Awaitable[None]],
    ) -> None:
        self._client = client
        self._members = members
        self._interactions = interactions
        self._servers = servers
        self._seal = seal
        self._clock = clock
        self._speak = speak
        self._links = links
        self._turn = turn
        self._ways: dict[Route, Callable[[OutboxMessage], Awaitable[Outcome]]] = {
            Route.CARD: self._edit_card,
            Route.DIRECT: self._send_directly,
            Route.FOLLOW_UP: self._follow_up,
            Route.MENTION: self._mention,
        }

    async def __call__(self, message: OutboxMessage) -> Outcome:
        """Try once. Raises TokenRefused when Discord no longer takes the bot's token: everything must stop."""
        if self._client.application_id is None:
            return TryAgain(reason="connecting", after=CONNECTING)
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._ways[message.route](message)
        except discord.RateLimited as limited:
            return TryAgain(reason="rate_limited", after=timedelta(seconds=limited.retry_after))
        except discord.HTTPException as refusal:
            return _outcome(refusal, message.route)
        except (aiohttp.ClientError, OSError) as trouble:
            return TryAgain(reason=type(trouble).__name__)

    async def _edit_card(self, message: OutboxMessage) -> Outcome:
        webhook = await self._webhook(message, card=True)
        if webhook is None:
            return Refused(reason="no_card")
        with handle_message_parameters(view=draw(await self._card(message)), allowed_mentions=NOBODY) as changed:
            await async_context.get().edit_original_interaction_response(
                webhook.id, webhook.token or "", session=webhook.session, payload=changed.payload
            )
        return Delivered()

    async def _follow_up(self, message: OutboxMessage) -> Outcome:
        webhook = await self._webhook(message, card=False)
        if webhook is None:
            return Refused(reason="no_interaction")
        await webhook.send(view=draw(await self._card(message)), ephemeral=True, wait=True, allowed_mentions=NOBODY)
        return Delivered()

    async def _webhook(self, message: OutboxMessage, *, card: bool) -> discord.Webhook | None:
        find = self._interactions.find_card if card else self._interactions.find_newest
        kept = await find(message.member_id, self._clock.now())
        token = self._seal.open(kept.encrypted_token, message.member_id) if kept else None
        if token is None or self._client.application_id is None:
            return None
        webhook = discord.Webhook.partial(self._client.application_id, token, client=self._client)
        webhook.type = discord.WebhookType.application
        return webhook

    async def _send_directly(self, message: OutboxMessage) -> Outcome:
        known = await self._members.find_dm_channel(message.member_id)
        channel_id = known or await self._open_channel(message.member_id)
        try:
            return await self._send(channel_id, message, draw(await self._card(message)), NOBODY)
        except discord.NotFound as lost:
            if known is None or lost.code != UNKNOWN_CHANNEL:
                raise
            return await self._send(
                await self._open_channel(message.member_id), message, draw(await self._card(message)), NOBODY
            )

    async def _open_channel(self, member_id: int) -> int:
        await self._turn()
        # Discord wants ids as text; the library would send the number it is given.
        channel = await self._client.http.start_private_message(str(member_id))
        channel_id = int(channel["id"])
        await self._members.save_dm_channel(member_id, channel_id)
        return channel_id

    async def _mention(self, message: OutboxMessage) -> Outcome:
        server = await self._servers.get(message.server_id)
        if server is None or server.channel_id is None:
            return Refused(reason="no_channel")
        card = cards.mention(self._speak(server.locale), member_id=message.member_id)
        return await self._send(server.channel_id, message, draw(card, mention=message.member_id), WHO_IS_NAMED)

    async def _send(
        self, channel_id: int, message: OutboxMessage, view: discord.ui.LayoutView, pings: discord.AllowedMentions
    ) -> Outcome:
        channel = self._client.get_partial_messageable(channel_id)
        sent = await channel.send(view=view, nonce=message.id, allowed_mentions=pings, suppress_embeds=True)
        return Delivered(channel_id=channel_id, message_id=sent.id)

    async def _card(self, message: OutboxMessage) -> Card:
        words = self._speak(message.locale)
        match message.payload:
            case MatchDetails() as details:
                return cards.matched(words, await self._meeting(message, details))
            case SearchDetails(minutes=minutes, subject=subject):
                return cards.unmatched(words, server_id=message.server_id, minutes=minutes, subject=subject)
        if message.kind is MessageKind.PARTNER_DECLINED:
            return cards.back_in_line(words, server_id=message.server_id)
        return cards.news(words, News(key=message.kind, search_in=message.server_id))

    async def _meeting(self, message: OutboxMessage, details: MatchDetails) -> Meeting:
        link = await self._links.of(message.invitation_id) if message.invitation_id else None
        closed = message.kind is MessageKind.INVITATION and message.route is Route.FOLLOW_UP
        return Meeting(
            seat_id=message.seat_id or "",
            partner=details.partner,
            agreement=details.agreement,
            link=link.address if link else None,
            until=link.until if link else None,
            note="private" if closed else NOTES.get(message.kind, ""),
        )


def _outcome(refusal: discord.HTTPException, route: Route) -> Outcome:
    if refusal.status == HTTPStatus.UNAUTHORIZED and route in {Route.DIRECT, Route.MENTION}:
        raise TokenRefused(TokenRefused.__doc__) from refusal
    if (
        refusal.status == HTTPStatus.TOO_MANY_REQUESTS
        or refusal.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        or refusal.code == OPENING_TOO_FAST
    ):
        return TryAgain(reason=f"discord_{refusal.status}_{refusal.code}", after=_asked_for(refusal))
    return Refused(reason=f"discord_{refusal.status}_{refusal.code}")


def _asked_for(refusal: discord.HTTPException) -> timedelta | None:
    seconds = refusal.response.headers.get("Retry-After")
    return timedelta(seconds=float(seconds)) if seconds else None
