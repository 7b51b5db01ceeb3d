"""The cards of messages about reports, drawn from what the messages carry: they name nobody but the last partner."""

from collections.abc import Awaitable, Callable, Mapping

from bot.chat.moderation.alert_cards import alert_card
from bot.chat.safety.cards import appeal_card, check_in_card, receipt_card, sanction_card
from bot.chat.ui.layout import Card
from bot.chat.ui.rules import first_rules, rules_of
from bot.domain.message import (
    REPORT_KINDS,
    AlertDetails,
    AppealDetails,
    CheckInDetails,
    MessageKind,
    ReportDetails,
    SanctionDetails,
)
from bot.store.matches import Matches
from bot.store.outbox import OutboxMessage
from bot.store.servers import Servers
from bot.words import Words


class ReportCards:
    """Draws the cards."""

    def __init__(self, servers: Servers, matches: Matches) -> None:
        self._servers = servers
        self._matches = matches

    def drawers(self) -> Mapping[MessageKind, Callable[[Words, OutboxMessage], Awaitable[Card]]]:
        """What draws the card of a message, by its kind."""
        return dict.fromkeys(REPORT_KINDS, self.draw)

    async def draw(self, words: Words, message: OutboxMessage) -> Card:
        """The card of a message about a report. Raises TypeError for another message."""
        server = await self._servers.get(message.server_id)
        name = server.name if server else words("chat.report.this_server")
        match message.payload:
            case ReportDetails() as payload:
                return receipt_card(words, message.kind, payload, name)
            case AlertDetails() as payload:
                return alert_card(words, message.kind, payload, server_id=message.server_id, server=name)
            case SanctionDetails() as payload:
                return sanction_card(words, payload, name, rules_of(words, server) if server else first_rules(words))
            case AppealDetails() as payload:
                return appeal_card(words, payload, name)
            case CheckInDetails() as payload:
                seat = await self._matches.find_by_seat(payload.seat_id)
                return check_in_card(words, payload.seat_id, seat.partner.name if seat else "")
            case _:
                raise TypeError(f"{message.kind} speaks of no report")
