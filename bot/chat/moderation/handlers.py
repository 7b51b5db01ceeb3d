"""Everything that staff do with reports, as one feature."""

from dataclasses import dataclass

from bot.chat.moderation.audit_handlers import AuditHandlers
from bot.chat.moderation.ban_handlers import BanHandlers
from bot.chat.moderation.decision_handlers import DecisionHandlers
from bot.chat.moderation.decisions import DeskDecisions
from bot.chat.moderation.desk_answers import DeskAnswers
from bot.chat.moderation.queue import ReportQueue
from bot.chat.moderation.queue_handlers import QueueHandlers
from bot.chat.moderation.readers import ReaderLookup
from bot.chat.ui.components import Handlers
from bot.chat.ui.replies import Replies
from bot.clock import Clock
from bot.store import Store


@dataclass(frozen=True, kw_only=True, slots=True)
class ModerationHandlers:
    """The commands, buttons and forms of the feature."""

    queue: QueueHandlers
    decisions: DecisionHandlers
    bans: BanHandlers
    audit: AuditHandlers

    def components(self) -> Handlers:
        """The buttons by their custom id."""
        return {**self.queue.components(), **self.decisions.components(), **self.audit.components()}

    def forms(self) -> Handlers:
        """The forms by their custom id."""
        return self.decisions.forms()


def moderation_of(store: Store, clock: Clock, replies: Replies, *, safety_contact: int | None) -> ModerationHandlers:
    """The feature over a store. `safety_contact` is the operator, who reads what was handed to them."""
    desk, readers = store.report_desk, ReaderLookup(store.servers, safety_contact=safety_contact)
    queue = ReportQueue(desk, store.appeals, clock)
    answers = DeskAnswers(readers=readers, queue=queue, desk=desk, replies=replies)
    return ModerationHandlers(
        queue=QueueHandlers(answers, queue, desk, replies),
        decisions=DecisionHandlers(
            answers=answers,
            decisions=DeskDecisions(desk, store.appeals, clock),
            readers=readers,
            servers=store.servers,
            replies=replies,
        ),
        bans=BanHandlers(store.bans, replies, clock),
        audit=AuditHandlers(store.audit, replies),
    )
