"""The cards of reports as their members see them: receipts, what was decided about them, and where there is help."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from bot.chat.safety.custom_ids import FINE, GET_HELP, SAY_MORE, SECOND_LOOK, WRONG
from bot.chat.safety.report_actions import ReportAnswer
from bot.chat.ui.layout import Button, Card
from bot.chat.ui.notices import plain_card
from bot.domain.message import AppealDetails, MessageKind, ReportDetails, SanctionDetails
from bot.domain.report import ReportReaders, ReportReason
from bot.words import Words

RECEIVED: Final[Mapping[ReportReaders, str]] = MappingProxyType(
    {
        ReportReaders.ADMINS: "received",
        ReportReaders.OPERATOR: "received_by_operator",
        ReportReaders.NOBODY: "received_by_nobody",
    }
)
"""What a receipt says, by who reads the report."""
HELP_LINES = ("find_line", "pictures_minor", "pictures_adult", "discord")
"""In the catalogue under `page.help`: the page shows the same."""


def filed_card(words: Words, answer: ReportAnswer) -> Card:
    """The receipt at once. Who was recorded or threatened reads first that it is not their fault, and what to do."""
    filed = answer.filed
    details = ReportDetails(
        report_id=filed.report_id, number=filed.number, is_late=filed.is_late, read_by=filed.read_by
    )
    server = answer.server or words("chat.report.this_server")
    card = receipt_card(words, MessageKind.REPORT_RECEIVED, details, server)
    if answer.reason is not ReportReason.RECORDED:
        return card
    return replace(
        card,
        title=words("page.help.threatened_title"),
        text=f"{words('page.help.threatened')}\n\n{card.text}",
        buttons=(_help_button(words), _more_button(words, filed.report_id, "more")),
    )


def receipt_card(words: Words, kind: MessageKind, details: ReportDetails, server: str) -> Card:
    """What the reporter is told, and what they can do about it."""
    values: Mapping[str, object] = {"number": details.number, "server": server, "question": details.question}
    card = plain_card(words, f"report.{_receipt_key(kind, details)}", values)
    return replace(card, buttons=_receipt_buttons(words, kind, details.report_id))


def sanction_card(words: Words, details: SanctionDetails, server: str, rules: Sequence[str]) -> Card:
    """What the reported member is told: the rule, until when, what still works, and how to ask for a second look."""
    where = words("chat.report.everywhere") if details.everywhere else server
    is_known = details.rule <= len(rules)
    rule = rules[details.rule - 1] if is_known else words("chat.report.rule", number=str(details.rule))
    values = {"rule": rule, "server": where, "until": details.until or ""}
    card = plain_card(words, f"report.sanction.{details.decision}", values)
    return replace(card, buttons=(_second_look_button(words, details.report_id),))


def appeal_card(words: Words, details: AppealDetails, server: str) -> Card:
    """What a second look has come to."""
    return plain_card(words, f"report.appeal.{details.outcome}", {"server": server})


def check_in_card(words: Words, seat_id: str, partner: str) -> Card:
    """How was it? With the two answers."""
    fine = Button(label=words("chat.button.fine"), id=FINE.format(seat=seat_id))
    wrong = Button(label=words("chat.button.wrong"), id=WRONG.format(seat=seat_id))
    return replace(plain_card(words, "report.check_in", {"partner": _named(words, partner)}), buttons=(fine, wrong))


def fine_card(words: Words, partner: str) -> Card:
    """It was fine: nothing more is asked."""
    return plain_card(words, "report.check_in_fine", {"partner": _named(words, partner)})


def wrong_card(words: Words, number: int) -> Card:
    """Something was wrong: it has become a report."""
    return plain_card(words, "report.check_in_wrong", {"number": number})


def help_card(words: Words) -> Card:
    """Where there is help: the same lines as on the page, and how to report to Discord."""
    lines = tuple(
        Button(label=words(f"page.help.{line}.name"), url=words(f"page.help.{line}.address")) for line in HELP_LINES
    )
    return Card(title=words("page.help.title"), text=words("page.help.danger"), buttons=lines)


def _receipt_key(kind: MessageKind, details: ReportDetails) -> str:
    is_unread = details.read_by is ReportReaders.NOBODY
    match kind:
        case MessageKind.REPORT_QUESTION:
            return "question"
        case MessageKind.REPORT_DECIDED:
            return "decided"
        case MessageKind.REPORT_LATE:
            return "late_by_nobody" if is_unread else "late"
    if details.is_late and not is_unread:
        return "received_late"
    return RECEIVED[details.read_by]


def _receipt_buttons(words: Words, kind: MessageKind, report_id: str) -> tuple[Button, ...]:
    match kind:
        case MessageKind.REPORT_DECIDED:
            return (_second_look_button(words, report_id),)
        case MessageKind.REPORT_QUESTION:
            return (_more_button(words, report_id, "answer"), _help_button(words))
    return (_more_button(words, report_id, "more"), _help_button(words))


def _more_button(words: Words, report_id: str, label: str) -> Button:
    return Button(label=words(f"chat.button.{label}"), id=SAY_MORE.format(report=report_id))


def _help_button(words: Words) -> Button:
    return Button(label=words("chat.button.help"), id=GET_HELP.format())


def _second_look_button(words: Words, report_id: str) -> Button:
    return Button(label=words("chat.button.second_look"), id=SECOND_LOOK.format(report=report_id))


def _named(words: Words, partner: str) -> str:
    return partner or words("chat.your_partner")
