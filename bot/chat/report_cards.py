"""The cards of messages about reports, drawn from what the messages carry: they name nobody but the last partner."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

from bot.chat.ui.layout import Card
from bot.chat.ui.notices import plain_card
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
                return alert_card(words, message.kind, payload, name)
            case SanctionDetails() as payload:
                return sanction_card(words, payload, name, rules_of(words, server) if server else first_rules(words))
            case AppealDetails() as payload:
                return plain_card(words, f"report.appeal.{payload.outcome}", {"server": name})
            case CheckInDetails() as payload:
                seat = await self._matches.find_by_seat(payload.seat_id)
                partner = (seat.partner.name if seat else "") or words("chat.your_partner")
                return plain_card(words, "report.check_in", {"partner": partner})
            case _:
                raise TypeError(f"{message.kind} speaks of no report")


def receipt_card(words: Words, kind: MessageKind, details: ReportDetails, server: str) -> Card:
    """What the reporter is told."""
    values: Mapping[str, object] = {"number": details.number, "server": server, "question": details.question}
    if kind is MessageKind.REPORT_RECEIVED and details.is_late:
        return plain_card(words, "report.received_late", values)
    if kind is MessageKind.REPORT_RECEIVED and details.to_operator:
        return plain_card(words, "report.received_by_operator", values)
    keys = {
        MessageKind.REPORT_RECEIVED: "report.received",
        MessageKind.REPORT_LATE: "report.late",
        MessageKind.REPORT_QUESTION: "report.question",
    }
    return plain_card(words, keys.get(kind, "report.decided"), values)


def alert_card(words: Words, kind: MessageKind, details: AlertDetails, server: str) -> Card:
    """What staff or the operator are told: number, reason and since when, nothing more."""
    reason = words(f"chat.report.reason.{details.reason}")
    values = {"number": details.number, "reason": reason, "server": server}
    if details.is_appeal:
        key = "report.alert.appeal"
    elif kind is MessageKind.OPERATOR_ALERT:
        key = "report.alert.operator"
    else:
        key = "report.alert.again" if details.again else "report.alert.new"
    card = plain_card(words, key, values)
    return Card(title=card.title, text=card.text, small=words("chat.report.alert.since", when=passed(details.since)))


def sanction_card(words: Words, details: SanctionDetails, server: str, rules: Sequence[str]) -> Card:
    """What the reported member is told: the rule, until when, what still works, and that they can appeal."""
    where = words("chat.report.everywhere") if details.everywhere else server
    is_known = details.rule <= len(rules)
    rule = rules[details.rule - 1] if is_known else words("chat.report.rule", number=str(details.rule))
    values = {"rule": rule, "server": where, "until": details.until or ""}
    return plain_card(words, f"report.sanction.{details.decision}", values)


def passed(moment: datetime) -> str:
    """Markup that Discord shows as how long ago it was."""
    return f"<t:{int(moment.timestamp())}:R>"
