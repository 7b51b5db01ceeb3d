"""The rules of reports: when one counts, how long holds last together, what its reporter's words become."""

from datetime import datetime, timedelta

import pytest

from bot.domain.report import (
    ALL_WORDS_AT_MOST,
    REPORTS_A_DAY,
    REPORTS_WINDOW,
    Evidence,
    ReportReason,
    ReportSide,
    SeatTimes,
    can_decide,
    counts_at,
    derived_id,
    hold_ends_at,
    next_number,
    with_more_words,
)
from bot.domain.restriction import HOLD_FOR
from bot.domain.verdict import Decision
from tests.clocks import START

HOUR = timedelta(hours=1)


def test_no_more_than_three_a_day_count() -> None:
    """However many are filed at once: of every 24 hours there are at most three."""
    counted: list[datetime] = []
    for _ in range(12):
        counted.insert(0, counts_at(START, counted[:REPORTS_A_DAY]))
    assert counted[::-1] == [START + day * REPORTS_WINDOW for day in range(4) for _ in range(REPORTS_A_DAY)]


def test_a_report_counts_at_once_a_day_after_the_third_last() -> None:
    """Not a moment earlier."""
    latest = [START + 2 * HOUR, START + HOUR, START]
    for filed_at, expected in (
        (START + REPORTS_WINDOW - HOUR, START + REPORTS_WINDOW),
        (START + REPORTS_WINDOW, START + REPORTS_WINDOW),
        (START + 2 * REPORTS_WINDOW, START + 2 * REPORTS_WINDOW),
    ):
        assert counts_at(filed_at, latest) == expected


def test_the_first_number_is_one() -> None:
    """The others leave up to two out, by what nobody can guess."""
    assert next_number(0, "any id") == 1
    assert {next_number(5, f"report {each}") for each in range(40)} == {6, 7, 8}


@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        ([], START + HOLD_FOR),
        ([START + HOUR], START + HOUR),
        ([START + HOUR, START + 2 * HOUR], START + 2 * HOUR),
        ([START], None),
        ([START - HOUR], None),
    ],
)
def test_holds_that_follow_each_other(earlier: list[datetime], expected: datetime | None) -> None:
    """A new one ends with those that nobody has decided about; when these are over there is none."""
    assert hold_ends_at(START, HOLD_FOR, earlier) == expected


def test_words_are_added_on_a_new_line() -> None:
    """Never twice, and not without end."""
    assert with_more_words("", "  ") == ""
    assert with_more_words("", " one ") == "one"
    assert with_more_words("one", "two") == "one\ntwo"
    assert with_more_words("one\ntwo", "two") == "one\ntwo"
    words = ""
    for letter in "abcdefgh":
        words = with_more_words(words, letter * ALL_WORDS_AT_MOST)
    assert len(words) == ALL_WORDS_AT_MOST


def test_who_left_first() -> None:
    """Nobody, one of the two, or the one with the earlier time."""
    evidence = Evidence(
        pool="1", subject="Maths", matched_at=START, met_at=None, reporter=SeatTimes(), reported=SeatTimes()
    )
    gone, later = SeatTimes(left_at=START), SeatTimes(left_at=START + HOUR)
    assert evidence.left_first is None
    for reporter, reported, expected in (
        (gone, SeatTimes(), ReportSide.REPORTER),
        (SeatTimes(), gone, ReportSide.REPORTED),
        (later, gone, ReportSide.REPORTED),
    ):
        evidence = Evidence(
            pool="1", subject="Maths", matched_at=START, met_at=None, reporter=reporter, reported=reported
        )
        assert evidence.left_first is expected


def test_a_worry_leads_to_no_sanction() -> None:
    """Everything else may lead to any."""
    possible = {(reason, decision) for reason in ReportReason for decision in Decision if can_decide(reason, decision)}
    worry = {(ReportReason.WORRY, decision) for decision in (Decision.WARN, Decision.PAUSE, Decision.OUT)}
    assert possible == {(reason, decision) for reason in ReportReason for decision in Decision} - worry


def test_ids_that_follow_from_a_report() -> None:
    """The same for the same, 22 letters as every id: Discord takes them as nonces."""
    ids = [derived_id("report", "hold", 1), derived_id("report", "hold", 2), derived_id("report", "hold", 1)]
    assert ids[0] == ids[2] != ids[1]
    assert {len(each) for each in ids} == {22}
