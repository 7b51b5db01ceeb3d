"""The cards that tell staff and the operator of a report: its number, the reason and since when, nothing more."""

from bot.chat.moderation.custom_ids import OPEN_REPORTS
from bot.chat.ui.layout import Button, ButtonStyle, Card
from bot.chat.ui.notices import plain_card
from bot.chat.ui.text import time_passed
from bot.domain.message import AlertDetails, MessageKind
from bot.words import Words


def alert_card(words: Words, kind: MessageKind, details: AlertDetails, *, server_id: int, server: str) -> Card:
    """The card of an alert, with the button that opens the reports."""
    values = {
        "number": details.number,
        "reason": words(f"chat.report.reason.{details.reason}"),
        "server": server,
    }
    card = plain_card(words, f"report.alert.{_key(kind, details)}", values)
    open_reports = Button(
        label=words("chat.button.open_reports"),
        id=OPEN_REPORTS.format(server=server_id),
        style=ButtonStyle.MAIN,
    )
    since = words("chat.report.alert.since", when=time_passed(details.since))
    return Card(title=card.title, text=card.text, small=since, buttons=(open_reports,))


def _key(kind: MessageKind, details: AlertDetails) -> str:
    if details.is_appeal:
        return "appeal"
    if kind is MessageKind.OPERATOR_ALERT:
        return "operator_undecided" if details.is_opened else "operator"
    if details.is_opened:
        return "undecided"
    return "again" if details.again else "new"
