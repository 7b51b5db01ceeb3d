"""Answers `/reports` and the buttons of the list and of a report that need no form."""

from bot.chat.moderation import custom_ids
from bot.chat.moderation.desk_answers import DeskAnswers, Opening
from bot.chat.moderation.queue import ReportQueue
from bot.chat.moderation.readers import ReaderHere
from bot.chat.ui.components import Handlers, IdFields, Interaction
from bot.chat.ui.notices import NotPossible
from bot.chat.ui.replies import Replies
from bot.domain.report import ReportSide
from bot.store.report_desk import ReportDesk


class QueueHandlers:
    """The list, opening a report, giving it back, and leaving it to others."""

    def __init__(self, answers: DeskAnswers, queue: ReportQueue, desk: ReportDesk, replies: Replies) -> None:
        self._answers = answers
        self._queue = queue
        self._desk = desk
        self._replies = replies

    def components(self) -> Handlers:
        """The buttons by their custom id."""
        return {
            custom_ids.OPEN_REPORTS: self._open_from_alert,
            custom_ids.SHOW_PAGE: self._show_page,
            custom_ids.OPEN_REPORT: self._open_report,
            custom_ids.OPEN_APPEAL: self._open_report,
            custom_ids.ALL_WORDS: self._send_all_words,
            custom_ids.RELEASE: self._release,
            custom_ids.RECUSE: self._recuse,
        }

    async def open_queue(self, interaction: Interaction) -> None:
        """Answer `/reports`: show the first page to this reader alone."""
        await self._show(interaction, interaction.guild_id or 0, page=1, in_place=False)

    async def _open_from_alert(self, interaction: Interaction, fields: IdFields) -> None:
        await self._show(interaction, int(fields["server"]), page=1, in_place=False)

    async def _show_page(self, interaction: Interaction, fields: IdFields) -> None:
        await self._show(interaction, int(fields["server"]), page=int(fields["page"]), in_place=True)

    async def _show(self, interaction: Interaction, server_id: int, *, page: int, in_place: bool) -> None:
        async def work(here: ReaderHere) -> None:
            await self._answers.show_queue(interaction, here, page)

        await self._answers.answer(interaction, server_id, work, in_place=in_place)

    async def _open_report(self, interaction: Interaction, fields: IdFields) -> None:
        side = ReportSide(fields["side"]) if "side" in fields else None

        async def work(here: ReaderHere) -> None:
            await self._answers.show_report(interaction, here, Opening(report_id=fields["report"], side=side))

        await self._answers.answer(interaction, int(fields["server"]), work)

    async def _release(self, interaction: Interaction, fields: IdFields) -> None:
        async def work(here: ReaderHere) -> None:
            await self._desk.release(fields["report"], here.reader, self._replies.now())
            await self._answers.show_queue(interaction, here)

        await self._answers.answer(interaction, int(fields["server"]), work)

    async def _recuse(self, interaction: Interaction, fields: IdFields) -> None:
        async def work(here: ReaderHere) -> None:
            done = await self._desk.recuse(fields["report"], here.reader, self._replies.now())
            note = self._replies.words_of(interaction)(f"chat.reports.note.{'recused' if done else 'gone'}")
            await self._answers.show_queue(interaction, here, note=note)

        await self._answers.answer(interaction, int(fields["server"]), work)

    async def _send_all_words(self, interaction: Interaction, fields: IdFields) -> None:
        """Send all that was written as a file, by who asks for a second look too: it may be longer than a message."""

        async def work(here: ReaderHere) -> None:
            opened = await self._desk.find(fields["report"], here.reader, self._replies.now())
            if opened is None:
                raise NotPossible("report_gone")
            appeals = await self._queue.appeals_about(here.reader, fields["report"])
            written = "\n\n".join([opened.report.words, *(each.words for each in appeals)])
            await self._replies.send_as_file(interaction, written, key="chat.reports.all_words")

        await self._answers.answer(interaction, int(fields["server"]), work)
