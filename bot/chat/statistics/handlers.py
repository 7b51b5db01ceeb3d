"""Answers `/buddy stats` and its buttons: reads, draws if pictures can be shown, and shows it to this admin alone."""

import logging
from collections.abc import Sequence

import discord

from bot.chat.discord_trouble import reason_of
from bot.chat.statistics import custom_ids
from bot.chat.statistics.cards import ShownStatistics, statistics_view
from bot.chat.statistics.charts import Chart, charts_of
from bot.chat.statistics.picture_drawing import PictureDrawing
from bot.chat.ui.components import Handlers, IdFields, Interaction
from bot.chat.ui.layout import card_view
from bot.chat.ui.notices import NotPossible, not_possible_card
from bot.chat.ui.replies import Replies
from bot.store.report_desk import ReportDesk
from bot.store.statistics import ServerStatistics
from bot.words import Words

log = logging.getLogger(__name__)


class StatisticsHandlers:
    """The command and its message, which is edited in place when another period is chosen."""

    def __init__(
        self, statistics: ServerStatistics, desk: ReportDesk, replies: Replies, drawing: PictureDrawing
    ) -> None:
        self._statistics = statistics
        self._desk = desk
        self._replies = replies
        self._drawing = drawing

    def components(self) -> Handlers:
        """The buttons by their custom id."""
        return {custom_ids.PERIOD: self._choose_period}

    async def open_statistics(self, interaction: Interaction) -> None:
        """Answer `/buddy stats`: show the longest period."""
        await self._replies.defer(interaction, lambda: self._show(interaction, max(custom_ids.PERIODS)))

    async def _choose_period(self, interaction: Interaction, fields: IdFields) -> None:
        days = int(fields["days"])
        await self._replies.defer(interaction, lambda: self._show(interaction, days), in_place=True)

    async def _show(self, interaction: Interaction, days: int) -> None:
        words, guild = self._replies.words_of(interaction), interaction.guild
        if guild is None or not interaction.permissions.manage_guild:
            refusal = card_view(not_possible_card(words, NotPossible("statistics")))
            await self._replies.show_view(interaction, refusal, files={})
            return
        now = self._replies.now()
        shown = ShownStatistics(
            server_name=guild.name,
            days=days,
            statistics=await self._statistics.read(guild.id, days=days, now=now),
            unread_reports=await self._desk.count_unread(guild.id, now, viewer_id=interaction.user.id),
        )
        charts = charts_of(words, shown.statistics) if interaction.app_permissions.attach_files else ()
        pictures = await self._drawing.draw(charts) if charts else ()
        if pictures and await self._shows_pictures(interaction, words, shown, charts, pictures):
            return
        await self._replies.show_view(interaction, statistics_view(words, shown, ()), files={})

    async def _shows_pictures(
        self,
        interaction: Interaction,
        words: Words,
        shown: ShownStatistics,
        charts: Sequence[Chart],
        pictures: Sequence[bytes],
    ) -> bool:
        """Show everything. False if Discord takes no pictures, and the text has to do."""
        files = {chart.name: picture for chart, picture in zip(charts, pictures, strict=True)}
        try:
            await self._replies.show_view(interaction, statistics_view(words, shown, charts), files=files)
        except discord.HTTPException as refused:
            log.warning("Discord took no pictures of statistics, so they came as text: %s", reason_of(refused))
            return False
        return True
