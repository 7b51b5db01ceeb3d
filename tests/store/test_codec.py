"""Values stored as JSON are read back unchanged, also from rows that were written before a field existed."""

import pytest

from bot.domain.agreement import Agreement, Why, Wish
from bot.domain.message import (
    DELIVERIES,
    REPORT_PAYLOADS,
    AlertDetails,
    AppealDetails,
    CheckInDetails,
    MatchDetails,
    ReportDetails,
    SanctionDetails,
    SearchDetails,
)
from bot.domain.report import ReportReason
from bot.domain.ticket import Camera, Level, Style, Wishes
from bot.domain.verdict import AppealOutcome, Decision
from bot.store.codec import decode, encode
from tests.clocks import START

AGREEMENT = Agreement(
    subject="Größen",
    other_subject="数学",
    length=50,
    language="de",
    style=Style.QUIET,
    camera=Camera.ANY,
    level=Level.ADVANCED,
    why=(Why.STYLE, Why.LEVEL),
    stretched=(Wish.SUBJECT,),
)


@pytest.mark.parametrize(
    "value",
    [
        AGREEMENT,
        Wishes(
            subject="Größen",
            level=Level.BEGINNER,
            style=Style.TALK,
            lengths=(25, 75),
            any_length=False,
            languages=("de", "en"),
        ),
        MatchDetails(agreement=AGREEMENT),
        SearchDetails(minutes=3, subject="any"),
        ReportDetails(report_id="a", number=2, is_late=True, question="Größen?"),
        AlertDetails(number=2, reason=ReportReason.HATE, since=START, again=True, is_opened=True),
        SanctionDetails(report_id="a", decision=Decision.PAUSE, rule=1, until=START),
        AppealDetails(report_id="a", outcome=AppealOutcome.LIFTED),
        CheckInDetails(seat_id="a"),
    ],
)
def test_a_stored_value_is_read_back(value: object) -> None:
    """Values with every type, enum and unusual letters are unchanged."""
    assert decode(encode(value), type(value)) == value


def test_a_row_from_before_a_field_existed_is_read() -> None:
    """The field gets its default."""
    old = '{"subject":"Maths","length":25,"language":"en","style":"any","camera":"off"}'
    assert decode(old, Agreement) == Agreement(
        subject="Maths", length=25, language="en", style=Style.ANY, camera=Camera.OFF
    )
    assert decode("{}", Wishes) == Wishes()
    assert decode('{"lengths":[25]}', Wishes) == Wishes(lengths=(25,), any_length=True)


def test_a_row_with_a_field_of_a_newer_version_is_read() -> None:
    """The unknown field is ignored."""
    assert decode('{"subject":"Maths","not_known_yet":"slow"}', Wishes) == Wishes(subject="Maths")


def test_every_kind_of_payload_is_tested_here() -> None:
    """Otherwise one that cannot be stored would be noticed only when it is sent."""
    assert {delivery.payload for delivery in DELIVERIES.values()} == {
        MatchDetails,
        SearchDetails,
        None,
        *REPORT_PAYLOADS,
    }
