"""Answers `/buddy audit` and its pages: for admins, and without what concerns themselves."""

from bot.chat.moderation.audit_view import PER_PAGE, AuditPage, audit_view
from bot.chat.moderation.ban_handlers import require_admin
from bot.chat.moderation.custom_ids import SHOW_AUDIT
from bot.chat.ui.components import Handlers, IdFields, Interaction
from bot.chat.ui.replies import Replies
from bot.domain.report_reader import Reader
from bot.store.audit import Audit


class AuditHandlers:
    """The command and its message."""

    def __init__(self, audit: Audit, replies: Replies) -> None:
        self._audit = audit
        self._replies = replies

    def components(self) -> Handlers:
        """The buttons by their custom id."""
        return {SHOW_AUDIT: self._show_page}

    async def open_audit(self, interaction: Interaction) -> None:
        """Answer `/buddy audit`: show the newest entries."""
        await self._replies.defer(interaction, lambda: self._show(interaction, 1))

    async def _show_page(self, interaction: Interaction, fields: IdFields) -> None:
        number = max(1, int(fields["page"]))
        await self._replies.defer(interaction, lambda: self._show(interaction, number), in_place=True)

    async def _show(self, interaction: Interaction, number: int) -> None:
        server_id = require_admin(interaction)
        reader = Reader(member_id=interaction.user.id, server_id=server_id)
        entries = await self._audit.list_newest(reader, limit=number * PER_PAGE + 1)
        page = AuditPage(
            server_id=server_id,
            server_name=interaction.guild.name if interaction.guild else "",
            number=number,
            entries=entries[(number - 1) * PER_PAGE : number * PER_PAGE],
            has_more=len(entries) > number * PER_PAGE,
        )
        await self._replies.show_view(interaction, audit_view(self._replies.words_of(interaction), page))
