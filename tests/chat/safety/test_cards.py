"""The cards of reports fit into Discord's limits, in every language and with the longest names."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bot.chat.moderation.alert_cards import alert_card
from bot.chat.safety.cards import (
    appeal_card,
    check_in_card,
    filed_card,
    fine_card,
    help_card,
    receipt_card,
    sanction_card,
    wrong_card,
)
from bot.chat.safety.report_actions import ReportAnswer
from bot.chat.ui.layout import Card, card_view
from bot.chat.ui.rules import MAX_RULE_LETTERS
from bot.domain.message import AlertDetails, AppealDetails, MessageKind, ReportDetails, SanctionDetails
from bot.domain.report import ReportReaders, ReportReason
from bot.domain.verdict import SENTENCE_AT_MOST, AppealOutcome, Decision
from bot.store.reports import FiledReport
from bot.words import Words, catalogue_languages, words_for

ID = "s" * 22
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LONGEST_SERVER = "W" * 100
RECEIPTS = (
    MessageKind.REPORT_RECEIVED,
    MessageKind.REPORT_LATE,
    MessageKind.REPORT_DECIDED,
    MessageKind.REPORT_QUESTION,
)
ALERTS = (MessageKind.STAFF_ALERT, MessageKind.READER_ALERT, MessageKind.OPERATOR_ALERT)


def all_cards(words: Words) -> Iterator[Card]:
    """Every card of a report that a member, a reader or the operator can be shown."""
    for reason in ReportReason:
        filed = FiledReport(report_id=ID, number=10**6, undo_until=NOON, is_late=False, read_by=ReportReaders.ADMINS)
        yield filed_card(words, ReportAnswer(filed=filed, reason=reason, server=LONGEST_SERVER))
    for kind in RECEIPTS:
        for is_late, read_by in ((False, "admins"), (True, "admins"), (False, "operator"), (False, "nobody")):
            details = ReportDetails(
                report_id=ID,
                number=1,
                is_late=is_late,
                read_by=ReportReaders(read_by),
                question="q" * SENTENCE_AT_MOST,
            )
            yield receipt_card(words, kind, details, LONGEST_SERVER)
    for decision in (Decision.WARN, Decision.PAUSE, Decision.OUT):
        sanction = SanctionDetails(report_id=ID, decision=decision, rule=1, until=NOON)
        yield sanction_card(words, sanction, LONGEST_SERVER, ["*" * MAX_RULE_LETTERS])
    for outcome in AppealOutcome:
        yield appeal_card(words, AppealDetails(report_id=ID, outcome=outcome), LONGEST_SERVER)
    for kind in ALERTS:
        for fields in ({}, {"again": True}, {"again": True, "is_opened": True}, {"is_appeal": True}):
            alert = AlertDetails(number=1, reason=ReportReason.WORRY, since=NOON, **fields)
            yield alert_card(words, kind, alert, server_id=2**63, server=LONGEST_SERVER)
    yield from (check_in_card(words, ID, "*" * 32), fine_card(words, "W" * 32), wrong_card(words, 1), help_card(words))


@pytest.mark.parametrize("language", catalogue_languages())
def test_cards_fit(language: str) -> None:
    """Texts of at most 4,000 letters, at most five buttons of at most 80 letters; the texts have no holes."""
    for card in all_cards(words_for(language)):
        view = card_view(card)
        assert sum(len(part) for part in (card.title, card.text, card.small)) <= 4000
        assert len(card.buttons) <= 5
        assert all(1 <= len(button.label) <= 80 for button in card.buttons)
        assert "{" not in card.text
        assert "None" not in card.text
        assert view.total_children_count <= 40


def test_alerts_name_nobody_and_say_no_more() -> None:
    """Number, reason and since when; with the one button that leads on."""
    alert = AlertDetails(number=27, reason=ReportReason.SEXUAL, since=NOON)
    card = alert_card(words_for(), MessageKind.STAFF_ALERT, alert, server_id=1, server="Study Hall")
    assert (card.title, card.text) == ("Report 27", "Reason: sexual behaviour. Read it with /reports.")
    assert card.small == "It came in <t:1772452800:R>."
    assert [button.id for button in card.buttons] == ["hb:reports:1"]


def test_a_rule_that_is_gone_has_its_number() -> None:
    """The server has changed its rules since."""
    sanction = SanctionDetails(report_id=ID, decision=Decision.WARN, rule=5)
    assert "rule 5" in sanction_card(words_for(), sanction, "Study Hall", ["Be kind."]).text
