"""One attempt to make a sent message true again: it is drawn from the present state, and edited if that differs.

Whatever cannot be edited any more answers by the present state when its buttons are used.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

import aiohttp
import discord

from bot.chat.deliver import TRY_TIMEOUT, outcome_of_refusal, pause_of
from bot.chat.discord_trouble import NOT_CONNECTED, UnreadableAnswer, reading_answers, reason_of
from bot.chat.interaction_tokens import TokenCipher
from bot.chat.message_cards import MessageCards
from bot.chat.request_queue import HeldBack
from bot.chat.ui.card_edit import edit_original_answer, interaction_webhook
from bot.chat.ui.layout import Card, card_view, ping_nobody
from bot.clock import Clock
from bot.domain.message import Delivered, NotTried, Outcome, Refused, Route, TryAgain
from bot.store.interactions import Interaction, Interactions
from bot.store.outbox import OutboxMessage, StaleMessage


class MessageRedrawing:
    """Draws messages again through `client`; `can_send` tells whether it is logged in."""

    def __init__(
        self,
        *,
        client: discord.Client,
        cards: MessageCards,
        interactions: Interactions,
        tokens: TokenCipher,
        clock: Clock,
        can_send: Callable[[], bool],
    ) -> None:
        self._client = client
        self._cards = cards
        self._interactions = interactions
        self._tokens = tokens
        self._clock = clock
        self._can_send = can_send

    async def redraw(self, stale: StaleMessage) -> Outcome:
        """Try once. Refused: the message is gone, out of reach, or Discord allows no more edits of it.

        Raises TokenRefused when Discord no longer accepts the bot's token.
        """
        if not self._can_send():
            return NotTried(reason=NOT_CONNECTED)
        kept = await self._find_interaction(stale.message)
        card, changes_at = await self._draw_card(stale, kept)
        if stale.message.route is Route.MENTION:  # it leads to this card
            return await self._attempt(stale, self._delete_when_over(stale)) or Delivered(changes_at=changes_at)
        drawn = Delivered(shows=card.digest, changes_at=changes_at)
        if stale.shows == card.digest:
            return drawn
        return await self._attempt(stale, self._edit(stale, card, kept)) or drawn

    async def _find_interaction(self, message: OutboxMessage) -> Interaction | None:
        """The interaction by whose token the message can be edited; None if it is over, or the message needs none."""
        match message.route:
            case Route.CARD:
                return await self._interactions.find_card(message.member_id, self._clock.now())
            case Route.FOLLOW_UP:
                return await self._interactions.find_follow_up(message.member_id, message.id, self._clock.now())
            case _:
                return None

    async def _draw_card(self, stale: StaleMessage, kept: Interaction | None) -> tuple[Card, datetime | None]:
        """What the message shows now, and when that changes: a last time before the interaction's token is over.

        A note about what the member has done stays on their card while the rest is the same.
        """
        message, note = stale.message, stale.note
        if kept is None:
            card = await self._cards.private_card(message)
            return card, card.changes_at
        if kept.last_edit_at <= self._clock.now():
            return await self._cards.lasting_card(message), None
        card = await self._cards.private_card(message)
        if note is not None and note.shows == card.digest:
            card = replace(card, note=note.text)
        return card, kept.next_edit_at(card.changes_at)

    async def _attempt(self, stale: StaleMessage, edit: Awaitable[Outcome | None]) -> Outcome | None:
        """The outcome of an edit: its own, or that of what it raised."""
        try:
            async with asyncio.timeout(TRY_TIMEOUT):
                return await edit
        except discord.RateLimited as limited:
            return Refused(reason=reason_of(limited))  # of an old message: Discord allows few edits
        except discord.HTTPException as refusal:
            return outcome_of_refusal(refusal, stale.message.route)
        except (aiohttp.ClientError, OSError, UnreadableAnswer) as error:
            return TryAgain(reason=reason_of(error), after=pause_of(error), attempted=not isinstance(error, HeldBack))
        except RuntimeError:
            if self._can_send():
                raise
            return TryAgain(reason=NOT_CONNECTED)  # the client closed meanwhile

    async def _edit(self, stale: StaleMessage, card: Card, kept: Interaction | None) -> Outcome | None:
        match stale.message.route:
            case Route.CARD:
                return await self._edit_answer(stale, card, kept)
            case Route.FOLLOW_UP:
                return await self._edit_follow_up(stale, card, kept)
            case _:
                return await self._edit_message(stale, card)

    async def _edit_answer(self, stale: StaleMessage, card: Card, kept: Interaction | None) -> Outcome | None:
        token = self._token(stale, kept)
        if token is None:
            return Refused(reason="the card can be edited no longer")
        await edit_original_answer(self._client, token, card_view(card))
        newest = await self._interactions.find_card(stale.message.member_id, self._clock.now())
        if kept and newest and newest.message_id != kept.message_id:
            # the card has moved meanwhile, and this edit may have come after the one that says so
            await edit_original_answer(self._client, token, card_view(self._cards.moved_card(stale.message)))
        return None

    async def _edit_follow_up(self, stale: StaleMessage, card: Card, kept: Interaction | None) -> Outcome | None:
        token = self._token(stale, kept)
        if token is None or stale.message_id is None:
            return Refused(reason="the message can be edited no longer")
        webhook = interaction_webhook(self._client, token)
        view = card_view(card)
        with reading_answers():
            await webhook.edit_message(stale.message_id, view=view, allowed_mentions=ping_nobody())
        return None

    async def _edit_message(self, stale: StaleMessage, card: Card) -> Outcome | None:
        message = self._own_message(stale)
        if message is None:
            return Refused(reason="it is not known which message to edit")
        view = card_view(card)
        with reading_answers():
            await message.edit(view=view, allowed_mentions=ping_nobody())
        return None

    async def _delete_when_over(self, stale: StaleMessage) -> None:
        message = self._own_message(stale)
        if message is not None and not await self._cards.is_news(stale.message):
            await message.delete()

    def _own_message(self, stale: StaleMessage) -> discord.PartialMessage | None:
        if stale.channel_id is None or stale.message_id is None:
            return None
        return self._client.get_partial_messageable(stale.channel_id).get_partial_message(stale.message_id)

    def _token(self, stale: StaleMessage, kept: Interaction | None) -> str | None:
        return self._tokens.decrypt(kept.encrypted_token, stale.message.member_id) if kept else None
