"""Verdicts: what makes one, the ladder, and when a sanction begins."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.verdict import (
    FIRST_DELAY,
    LADDER,
    LAST_DELAY,
    SENTENCE_AT_MOST,
    Decision,
    EarlierReport,
    Step,
    Verdict,
    kept_until,
    next_step,
    sanction_delay,
)
from tests.clocks import START

FULL: Mapping[str, Any] = {"decision": Decision.CLOSE, "rule": 1, "sentence": "So it is."}


@pytest.mark.parametrize(
    "fields",
    [
        {"rule": 0},
        {"sentence": "  "},
        {"sentence": "x" * (SENTENCE_AT_MOST + 1)},
        {"days": 7},
        {"decision": Decision.PAUSE},
        {"decision": Decision.PAUSE, "days": 8},
        {"decision": Decision.PAUSE, "days": 7, "everywhere": True},
        {"decision": Decision.WARN, "is_malicious": True},
    ],
)
def test_what_is_no_verdict(fields: Mapping[str, Any]) -> None:
    """Without a rule or a sentence, or with what does not belong together."""
    Verdict(**FULL)
    with pytest.raises(ValueError, match=r"."):
        Verdict(**{**FULL, **fields})


def test_the_ladder_is_climbed_step_by_step() -> None:
    """What is suggested follows the highest step so far; after the last there is none."""
    earlier: list[EarlierReport] = []
    suggested = []
    for number in range(len(LADDER) + 1):
        step = next_step(earlier)
        suggested.append(step)
        earlier.insert(0, EarlierReport(number=number, decision=step.decision, decided_at=START, days=step.days))
    assert suggested == [*LADDER, Step(decision=Decision.OUT)]


def test_reports_without_action_lead_nowhere() -> None:
    """However many there are."""
    closed = [EarlierReport(number=each, decision=Decision.CLOSE, decided_at=START) for each in range(9)]
    assert next_step(closed) == LADDER[0]


def test_when_a_sanction_begins() -> None:
    """At once, or at any time between one and twelve hours later."""
    delays = [sanction_delay(f"verdict {each}", at_once=False) for each in range(500)]
    assert FIRST_DELAY <= min(delays) < FIRST_DELAY + timedelta(minutes=10)
    assert LAST_DELAY - timedelta(minutes=10) < max(delays) <= LAST_DELAY
    assert sanction_delay("any", at_once=True) == timedelta()


@pytest.mark.parametrize(("decision", "days"), [(Decision.CLOSE, 30), (Decision.NOTE, 180), (Decision.OUT, 180)])
def test_how_long_a_decided_report_is_kept(decision: Decision, days: int) -> None:
    """Thirty days without action, otherwise half a year."""
    assert kept_until(decision, START) == START + timedelta(days=days)
