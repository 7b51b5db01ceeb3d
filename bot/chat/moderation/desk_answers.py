"""Shows the list or one report after what a reader did, in place of what they used; only to who may read it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.chat.moderation.queue import ReportQueue
from bot.chat.moderation.queue_view import queue_view
from bot.chat.moderation.readers import ReaderHere, ReaderLookup
from bot.chat.moderation.report_view import ShownReport, report_view
from bot.chat.moderation.reported_member import read_member
from bot.chat.ui.components import Interaction
from bot.chat.ui.notices import NotPossible
from bot.chat.ui.replies import Replies
from bot.domain.report import LOCK_FOR, ReportSide
from bot.store.report_desk import ReportDesk


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """What a reader looks at: a report or, with a side, that side's appeal about it. `note` is the key of a note."""

    report_id: str
    side: ReportSide | None = None
    note: str = ""


class DeskAnswers:
    """Draws. Each press is judged by what Discord says of the reader now."""

    def __init__(self, *, readers: ReaderLookup, queue: ReportQueue, desk: ReportDesk, replies: Replies) -> None:
        self._readers = readers
        self._queue = queue
        self._desk = desk
        self._replies = replies

    async def answer(
        self,
        interaction: Interaction,
        server_id: int,
        work: Callable[[ReaderHere], Awaitable[None]],
        *,
        in_place: bool = True,
        typed: str = "",
    ) -> None:
        """Do `work` for a reader of this server, which shows its result, in place of the message that they used.

        In a channel that others see, it is a new message that only they see.
        """

        async def act() -> None:
            await work(await self._readers.find(interaction, server_id))

        is_own = interaction.message is not None and interaction.message.flags.ephemeral
        await self._replies.defer(interaction, act, in_place=in_place and is_own, typed=typed)

    async def show_queue(self, interaction: Interaction, here: ReaderHere, page: int = 1, note: str = "") -> None:
        """Show a page of the list. `note` is a text that stands first."""
        words = self._replies.words_of(interaction)
        shown = await self._queue.page(here.reader, page)
        await self._replies.show_view(interaction, queue_view(words, here.server, shown, note))

    async def show_report(self, interaction: Interaction, here: ReaderHere, opening: Opening) -> None:
        """Open a report and, if it waits for a decision, take it; show it. Raises NotPossible if it is not there."""
        words, now = self._replies.words_of(interaction), self._replies.now()
        opened = await self._desk.find(opening.report_id, here.reader, now)
        if opened is None:
            raise NotPossible("report_gone")
        taken_until = None
        if opened.report.decided is None and not opened.is_taken:
            has_it = await self._desk.take(opening.report_id, here.reader, now)
            taken_until = now + LOCK_FOR if has_it else None
            opened = opened if has_it else await self._desk.find(opening.report_id, here.reader, now) or opened
        appeals = await self._queue.appeals_about(here.reader, opening.report_id)
        appeal = next((each for each in appeals if each.side == opening.side), None)
        shown = ShownReport(
            opened=opened,
            reader=here.reader,
            taken_until=taken_until,
            appeal=appeal,
            member=await read_member(interaction.client, opened.report.server_id, opened.report.reported_id),
        )
        note = words(f"chat.reports.note.{opening.note}") if opening.note else ""
        await self._replies.show_view(interaction, report_view(words, shown, note))
