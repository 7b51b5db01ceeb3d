"""One interaction from its first answer to its last: answered in a blink, its token kept, every failure in plain words.

What is said comes from the actions; this file owns only the exchange with Discord.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

import aiohttp
import discord

from bot.chat import cards
from bot.chat.actions.meetings import Meetings
from bot.chat.answers import Answer, No, Waiting
from bot.chat.drawing import Card, draw
from bot.chat.seal import Seal
from bot.clock import Clock
from bot.store import StoreUnavailable
from bot.store.interactions import Interactions
from bot.words import Words

A_BLINK = 2.0  # seconds
FINISH_WITHIN = 3.0
NOBODY = discord.AllowedMentions.none()
UNKNOWN_INTERACTION = 10062
ALREADY_ANSWERED = 40060

log = logging.getLogger(__name__)

Interaction = discord.Interaction[discord.Client]


class InHand:
    """How many exchanges go on just now."""

    def __init__(self) -> None:
        self._count = 0
        self._empty = asyncio.Event()
        self._empty.set()

    async def __aenter__(self) -> None:
        self._count += 1
        self._empty.clear()

    async def __aexit__(self, *_: object) -> None:
        self._count -= 1
        if self._count == 0:
            self._empty.set()

    async def empty(self) -> None:
        """Return when there is none."""
        await self._empty.wait()


class Conversation:
    """Answers interactions. `speak` gives the words of a locale."""

    def __init__(
        self, *, meetings: Meetings, interactions: Interactions, seal: Seal, clock: Clock, speak: Callable[[str], Words]
    ) -> None:
        self._meetings = meetings
        self._interactions = interactions
        self._seal = seal
        self._clock = clock
        self._speak = speak
        self._in_hand = InHand()

    def words(self, interaction: Interaction) -> Words:
        """The words in the member's own language."""
        return self._speak(str(interaction.locale))

    def spoken(self, locale: str) -> Words:
        """The words in the language of `locale`, for what everybody reads."""
        return self._speak(locale)

    async def answer(
        self,
        interaction: Interaction,
        work: Callable[[], Awaitable[Answer]],
        *,
        in_place: bool = False,
        card: bool = True,
    ) -> None:
        """Defer, do the work, show its answer: as a message only this member sees, or `in_place` of the pressed one.

        With `card` the shown message becomes the member's invitation when a partner is found.
        """
        await self.exchange(interaction, lambda: self._show(interaction, work, card=card), in_place=in_place)

    async def exchange(
        self, interaction: Interaction, work: Callable[[], Awaitable[None]], *, in_place: bool = False
    ) -> None:
        """Defer, then do the work, which shows what it has to show; its failures are told in plain words."""
        async with self._in_hand:
            if not await self._deferred(interaction, in_place=in_place):
                return
            try:
                await work()
            except Exception as trouble:  # noqa: BLE001  # logged and told by `failed`
                await self.failed(interaction, trouble)

    async def finish(self) -> None:
        """Return when everybody who is being answered has been, or after three seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FINISH_WITHIN):
                await self._in_hand.empty()

    async def at_once(self, interaction: Interaction, work: Callable[[], Awaitable[None]]) -> None:
        """Do what cannot be deferred, a form above all: it must be there within three seconds."""
        try:
            async with asyncio.timeout(A_BLINK):
                await work()
        except Exception as trouble:  # noqa: BLE001  # logged and told by `failed`
            await self.failed(interaction, trouble)

    async def edit(self, interaction: Interaction, card: Card) -> None:
        """Show `card` as the answer."""
        await self.show(interaction, draw(card))

    async def show(self, interaction: Interaction, view: discord.ui.LayoutView) -> None:
        """Show `view` as the answer."""
        await _surely(lambda: interaction.edit_original_response(view=view, allowed_mentions=NOBODY))

    async def _show(self, interaction: Interaction, work: Callable[[], Awaitable[Answer]], *, card: bool) -> None:
        words = self.words(interaction)
        sealed = self._seal.close(interaction.token, interaction.user.id)
        await self._interactions.save(interaction.user.id, sealed, self._clock.now(), card=card)
        answer = await work()
        if isinstance(answer, No):
            await self._beside(interaction, cards.of(words, answer))
            return
        await self.edit(interaction, cards.of(words, answer))
        if isinstance(answer, Waiting):
            # A partner found while this card was on its way: its words may have overwritten the invitation.
            meeting = await self._meetings.of(interaction.user.id)
            if meeting is not None:
                await self.edit(interaction, cards.matched(words, meeting))

    async def failed(self, interaction: Interaction, trouble: Exception) -> None:
        """Say in plain words that it did not work and what to do; the log has the rest."""
        key = "trouble.store" if isinstance(trouble, StoreUnavailable) else "trouble.unexpected"
        log.error("An interaction failed: %s", type(trouble).__name__, exc_info=trouble)
        card = cards.plain(self.words(interaction), key)
        try:
            if interaction.response.is_done():
                await self._beside(interaction, card)
            else:
                await interaction.response.send_message(view=draw(card), ephemeral=True)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as lost:
            log.warning("Nobody could be told: %s.", lost)

    async def _beside(self, interaction: Interaction, card: Card) -> None:
        """Show what changes nothing: a pressed card keeps its words and its link, and the answer stands under it."""
        if interaction.response.type is discord.InteractionResponseType.deferred_message_update:
            await interaction.followup.send(view=draw(card), ephemeral=True, allowed_mentions=NOBODY)
        else:
            await self.edit(interaction, card)

    async def _deferred(self, interaction: Interaction, *, in_place: bool) -> bool:
        """Whether there is something to answer in: also where Discord has heard us and its word was lost."""
        try:
            if in_place:
                await _surely(interaction.response.defer)
            else:
                await _surely(lambda: interaction.response.defer(ephemeral=True, thinking=True))
        except discord.HTTPException as late:
            if late.code == UNKNOWN_INTERACTION:
                log.warning("An interaction came too late.")
                return False
            if late.code != ALREADY_ANSWERED:
                raise
        return True


async def _surely(call: Callable[[], Awaitable[object]]) -> None:
    """Call, and once more where the connection broke: nobody knows whether it was heard, and twice does no harm."""
    try:
        await call()
    except (aiohttp.ClientError, OSError) as broken:
        log.info("A connection to Discord broke (%s). I try again.", type(broken).__name__)
        await call()
