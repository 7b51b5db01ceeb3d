"""Replies to interactions: acknowledged in time, their tokens stored, every failure answered in plain language.

The features decide what a reply says; this file owns only the exchange with Discord.
"""

import asyncio
import io
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import TypeVar

import aiohttp
import discord

from bot.chat.discord_trouble import log_failure, reason_of
from bot.chat.interaction_tokens import TokenCipher
from bot.chat.memberships import MembershipNews
from bot.chat.ui.card_edit import edit_original_answer
from bot.chat.ui.components import Interaction
from bot.chat.ui.layout import Card, card_view, ping_nobody
from bot.chat.ui.notices import NotPossible, not_possible_card, plain_card
from bot.clock import Clock
from bot.domain.message import Delivered, Outcome, TryAgain
from bot.store import StoreUnavailable
from bot.store.interactions import Interaction as OpenedInteraction
from bot.store.interactions import Interactions, ShownCard
from bot.words import Words

SUGGEST_WITHIN = 1.5  # seconds; members type on meanwhile
RESPOND_WITHIN = 2.0  # seconds; Discord gives up after three seconds
FINISH_WITHIN = 3.0  # seconds, when stopping
NO_SUGGESTIONS = "A member gets no suggestions while typing"
UNKNOWN_INTERACTION = 10062
ALREADY_ACKNOWLEDGED = 40060

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")
Result = TypeVar("Result")
CardOf = Callable[[Words, Answer], Card]
NewerAnswer = Callable[[Answer], Awaitable[Answer | None]]


class OpenReplies:
    """Counts the replies in progress; each one runs inside it as a context manager."""

    def __init__(self) -> None:
        self._count = 0
        self._none_open = asyncio.Event()
        self._none_open.set()

    async def __aenter__(self) -> None:
        self._count += 1
        self._none_open.clear()

    async def __aexit__(self, *_: object) -> None:
        self._count -= 1
        if self._count == 0:
            self._none_open.set()

    async def wait_for_all(self) -> None:
        """Return when no reply is in progress."""
        await self._none_open.wait()


class Replies:
    """Replies to interactions, in the member's language. `words_for` gives the texts for any locale.

    `note_answer` gets the outcome of every acknowledgement.

    Whatever a reply is about, it first records what the interaction tells of its member, so that the answer knows it;
    but for what members do about their data, which leaves no trace.
    """

    def __init__(
        self,
        *,
        interactions: Interactions,
        news: MembershipNews,
        tokens: TokenCipher,
        clock: Clock,
        words_for: Callable[[str], Words],
        note_answer: Callable[[Outcome], None],
    ) -> None:
        self._interactions = interactions
        self._news = news
        self._tokens = tokens
        self._clock = clock
        self.words_for = words_for
        self._note_answer = note_answer
        self._open = OpenReplies()

    def words_of(self, interaction: Interaction) -> Words:
        """The texts in the member's own language."""
        return self.words_for(str(interaction.locale))

    def now(self) -> datetime:
        """The current time: when an interaction that is being handled has come."""
        return self._clock.now()

    async def reply(
        self,
        interaction: Interaction,
        action: Callable[[], Awaitable[Answer]],
        card_of: CardOf[Answer],
        *,
        in_place: bool = False,
        becomes_card: bool = True,
        newer_answer: NewerAnswer[Answer] | None = None,
        typed: str = "",
    ) -> None:
        """Defer, run `action` and show its answer as a card to this member alone.

        It is shown `in_place` of the card they used if nobody else sees that one: other messages stay what they are.
        If `action` raises NotPossible, it is shown below the card they used. `becomes_card`: what is shown is the
        member's card from now on, and follows what happens; the former one points to it. `newer_answer` gets the answer
        after its card is shown, and may return one to show instead. If there is none, the member gets back what they
        have `typed`.
        """
        came_at = self._clock.now()
        await self.defer(
            interaction,
            lambda: self._answer(interaction, came_at, action, card_of, newer_answer, becomes_card=becomes_card),
            in_place=in_place and interaction.message is not None and interaction.message.flags.ephemeral,
            typed=typed,
        )

    async def defer(
        self,
        interaction: Interaction,
        work: Callable[[], Awaitable[None]],
        *,
        in_place: bool = False,
        typed: str = "",
        records_user: bool = True,
    ) -> None:
        """Defer, then do `work`, which shows its own result. A failure is logged and answered.

        A NotPossible that it raises is shown instead, or below the card that would have been edited. With either
        answer the member gets back what they have `typed`. `records_user`: what the interaction tells of its member is
        recorded first.
        """
        came_at = self._clock.now()
        async with self._open:
            if not await self._acknowledge(interaction, in_place=in_place):
                return
            try:
                if records_user:
                    await self._news.record_user(interaction, told_at=came_at)
                await work()
            except NotPossible as refusal:
                await self.show_beside(interaction, not_possible_card(self.words_of(interaction), refusal))
                if typed:
                    await self.give_back(interaction, typed)
            except Exception as error:  # noqa: BLE001  # logged and answered by `report_failure`
                await self.report_failure(interaction, error)
                if typed:
                    await self.give_back(interaction, typed)

    async def respond(self, interaction: Interaction, work: Callable[[], Awaitable[None]]) -> None:
        """Do `work` that responds by itself and cannot be deferred, for example opening a form.

        A NotPossible that it raises is shown to the member alone; a failure is logged and answered.
        """
        came_at = self._clock.now()
        try:
            async with asyncio.timeout(RESPOND_WITHIN):
                await self._work_or_refuse(interaction, work)
            await self._news.record_user(interaction, told_at=came_at)  # last, because Discord waits for the response
        except Exception as error:  # noqa: BLE001  # logged and answered by `report_failure`
            await self.report_failure(interaction, error)

    async def suggest(self, find_choices: Callable[[], Awaitable[Answer]], *, otherwise: Answer) -> Answer:
        """What `find_choices` finds for a member who types, or `otherwise` if that fails or takes too long."""
        try:
            async with asyncio.timeout(SUGGEST_WITHIN):
                return await find_choices()
        except TimeoutError:
            log.warning("%s: the database takes too long", NO_SUGGESTIONS)
        except StoreUnavailable as unavailable:
            log.warning("%s: %s", NO_SUGGESTIONS, unavailable)
        except Exception as error:  # noqa: BLE001  # logged; Discord must have an answer
            log_failure(log, NO_SUGGESTIONS, error)
        return otherwise

    async def finish(self) -> None:
        """Return when all replies in progress are done, at the latest after three seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FINISH_WITHIN):
                await self._open.wait_for_all()

    async def keep_for_follow_ups(self, interaction: Interaction) -> None:
        """Keep the token of an interaction that answers by itself, so that messages can follow as replies to it."""
        sealed = self._tokens.encrypt(interaction.token, interaction.user.id)
        opened = OpenedInteraction(encrypted_token=sealed, opened_at=self._clock.now())
        await self._interactions.save(interaction.user.id, opened)
        await self._interactions.close(interaction.user.id, opened)

    async def show_view(
        self, interaction: Interaction, view: discord.ui.LayoutView, *, files: Mapping[str, bytes] | None = None
    ) -> int:
        """Show `view` as the answer to a deferred interaction, and return the id of that message.

        `files` are by name and take the place of those that the message had; None leaves those.
        """

        async def edit() -> int:
            attached = discord.utils.MISSING if files is None else _attached(files)
            shown = await interaction.edit_original_response(
                view=view, attachments=attached, allowed_mentions=ping_nobody()
            )
            return shown.id

        return await _retry_once(edit)

    async def show_beside(self, interaction: Interaction, card: Card) -> None:
        """Show `card` as the answer, or below the card whose button was used, which keeps its link."""
        if interaction.response.type is discord.InteractionResponseType.deferred_message_update:
            await interaction.followup.send(view=card_view(card), ephemeral=True, allowed_mentions=ping_nobody())
        else:
            await self.show_view(interaction, card_view(card))

    async def report_failure(self, interaction: Interaction, error: Exception) -> None:
        """Log `error` and tell the member in plain language that it failed and what to do."""
        key = "trouble.store" if isinstance(error, StoreUnavailable) else "trouble.unexpected"
        log_failure(log, "A member's command, button or form failed", error)
        card = plain_card(self.words_of(interaction), key)
        try:
            if interaction.response.is_done():
                await self.show_beside(interaction, card)
            else:
                await interaction.response.send_message(view=card_view(card), ephemeral=True)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as lost:
            log.warning("The member could not be told: %s", reason_of(lost))

    async def give_back(self, interaction: Interaction, typed: str) -> None:
        """Send the member what they typed, as a file: it may be longer than a message. Its loss is only logged."""
        try:
            await self.send_as_file(interaction, typed, key="chat.trouble.typed")
        except (discord.HTTPException, aiohttp.ClientError, OSError) as lost:
            log.warning("What a member typed could not be given back: %s", reason_of(lost))

    async def send_as_file(self, interaction: Interaction, text: str, *, key: str) -> None:
        """Send a text to the member alone; `key` names the words above the file, and its name."""
        words = self.words_of(interaction)
        file = discord.File(io.BytesIO(text.encode()), f"{words(f'{key}.file')}.txt")
        await interaction.followup.send(words(f"{key}.text"), file=file, ephemeral=True)

    async def _answer(
        self,
        interaction: Interaction,
        came_at: datetime,
        action: Callable[[], Awaitable[Answer]],
        card_of: CardOf[Answer],
        newer_answer: NewerAnswer[Answer] | None,
        *,
        becomes_card: bool,
    ) -> None:
        words = self.words_of(interaction)
        sealed = self._tokens.encrypt(interaction.token, interaction.user.id)
        opened = OpenedInteraction(encrypted_token=sealed, opened_at=came_at)
        in_direct_messages = interaction.guild_id is None
        changes = await self._interactions.save(interaction.user.id, opened, in_direct_messages=in_direct_messages)
        try:
            shown: Answer | None = await action()
            while shown is not None:
                card = card_of(words, shown)
                message_id = await self.show_view(interaction, card_view(card))
                if becomes_card:
                    await self._keep_card(interaction, opened, card, message_id, changes)
                shown = await newer_answer(shown) if newer_answer else None
        finally:
            await self._interactions.close(interaction.user.id, opened)

    async def _keep_card(
        self, interaction: Interaction, opened: OpenedInteraction, card: Card, message_id: int, changes: int | None
    ) -> None:
        """From now on this message is the member's card; the former one is edited to point to it.

        If a later interaction was answered first, that answer is the card, and this message points to it.
        `changes` were counted before the action: whatever has changed since, the card is drawn again.
        """
        shown = ShownCard(
            message_id=message_id,
            server_id=interaction.guild_id or 0,
            locale=str(interaction.locale),
            shows=card.digest,
            changes_at=card.changes_at,
            changes=changes,
            note=card.note,
        )
        older = await self._interactions.save_card(interaction.user.id, opened, shown, self._clock.now())
        if older is not None:
            await self._point_to_newer(interaction, older)

    async def _point_to_newer(self, interaction: Interaction, older: OpenedInteraction) -> None:
        token = self._tokens.decrypt(older.encrypted_token, interaction.user.id)
        if token is None:
            return
        view = card_view(plain_card(self.words_of(interaction), "newer_card"))
        try:
            await edit_original_answer(interaction.client, token, view)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as lost:
            log.info("A former card could not be edited: %s", reason_of(lost))

    async def _work_or_refuse(self, interaction: Interaction, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except NotPossible as refusal:
            card = not_possible_card(self.words_of(interaction), refusal)
            await interaction.response.send_message(view=card_view(card), ephemeral=True)

    async def _acknowledge(self, interaction: Interaction, *, in_place: bool) -> bool:
        """Acknowledge. True if it can be answered, even if Discord's response to our first call was lost."""
        try:
            if in_place:
                await _retry_once(interaction.response.defer)
            else:
                await _retry_once(lambda: interaction.response.defer(ephemeral=True, thinking=True))
        except (discord.HTTPException, aiohttp.ClientError, OSError) as refused:
            code = refused.code if isinstance(refused, discord.HTTPException) else None
            if code != ALREADY_ACKNOWLEDGED:
                self._note_answer(TryAgain(reason=reason_of(refused)))
            if code == UNKNOWN_INTERACTION:
                log.warning("Discord did not wait for our answer to a member, who has to try again.")
                return False
            if code != ALREADY_ACKNOWLEDGED:
                raise
        self._note_answer(Delivered())
        return True


async def _retry_once(call: Callable[[], Awaitable[Result]]) -> Result:
    """Call, and call again if the connection broke. Repeating is harmless if Discord received the first call."""
    try:
        return await call()
    except (aiohttp.ClientError, OSError) as broken:
        log.info("A connection to Discord broke, so the answer is sent again: %s", reason_of(broken))
        return await call()


def _attached(files: Mapping[str, bytes]) -> list[discord.File]:
    """Made anew for each request, because sending a file closes it."""
    return [discord.File(io.BytesIO(content), name) for name, content in files.items()]
