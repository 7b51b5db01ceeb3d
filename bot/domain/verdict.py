"""Verdicts: what staff can decide about a report, what follows from it, and what may come next."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

SENTENCE_AT_MOST: Final = 500
PAUSE_DAYS: Final = (1, 7, 30)
KEPT_WITHOUT_ACTION_FOR: Final = timedelta(days=30)
KEPT_AFTER_ACTION_FOR: Final = timedelta(days=180)
MALICIOUS_FOR: Final = timedelta(days=90)
"""How long the reports of a member hold nobody after one of them was found to be malicious."""
FIRST_DELAY: Final = timedelta(hours=1)
LAST_DELAY: Final = timedelta(hours=12)
"""A sanction that is not urgent begins at some time between these, so that nobody learns from it who has reported."""


class Decision(StrEnum):
    """What is decided about a report, the mildest first."""

    CLOSE = "close"  # without action
    NOTE = "note"  # staff remember it; nobody is told
    WARN = "warn"
    PAUSE = "pause"  # no new matches for days
    OUT = "out"  # for good


SANCTIONS: Final = frozenset({Decision.WARN, Decision.PAUSE, Decision.OUT})
"""The decisions of which the reported member is told."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A step of the ladder; `days` of a pause."""

    decision: Decision
    days: int | None = None


LADDER: Final = (
    Step(decision=Decision.NOTE),
    Step(decision=Decision.WARN),
    *(Step(decision=Decision.PAUSE, days=days) for days in PAUSE_DAYS),
    Step(decision=Decision.OUT),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class EarlierReport:
    """A report about the same member that was decided before; `days` of a pause."""

    number: int
    decision: Decision
    decided_at: datetime
    days: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What a reader decides: the rule that was broken, by its number from 1 on, and a sentence that says why.

    `days` of a pause. `everywhere`: in all servers of this installation, which is the operator's to decide.
    `is_malicious`: the report was, so that reports of its reporter hold nobody for a while.
    """

    decision: Decision
    rule: int
    sentence: str
    days: int | None = None
    everywhere: bool = False
    is_malicious: bool = False

    def __post_init__(self) -> None:
        if self.rule < 1:
            raise ValueError("A verdict names a rule.")
        if not 0 < len(self.sentence.strip()) <= SENTENCE_AT_MOST:
            raise ValueError("A verdict has a sentence.")
        if self.days not in (PAUSE_DAYS if self.decision is Decision.PAUSE else (None,)):
            raise ValueError("A pause, and nothing else, has its days.")
        if self.everywhere and self.decision is not Decision.OUT:
            raise ValueError("Nothing milder than exclusion concerns all servers.")
        if self.is_malicious and self.decision is not Decision.CLOSE:
            raise ValueError("A report on which staff act is not malicious.")


class AppealOutcome(StrEnum):
    """What a second look comes to."""

    UPHELD = "upheld"
    LIFTED = "lifted"  # the sanction ends; for the reported member
    REOPENED = "reopened"  # the report is to be decided again; for the reporter


def next_step(earlier: Sequence[EarlierReport]) -> Step:
    """The step of the ladder to suggest, by the reports about the same member that were decided before."""
    reached = [
        place
        for place, step in enumerate(LADDER)
        for each in earlier
        if (each.decision, each.days) == (step.decision, step.days)
    ]
    return LADDER[min(max(reached, default=-1) + 1, len(LADDER) - 1)]


def sanction_delay(verdict_id: str, *, at_once: bool) -> timedelta:
    """How long after the decision a sanction begins; `verdict_id` is a random id."""
    if at_once:
        return timedelta()
    share = int.from_bytes(hashlib.sha256(verdict_id.encode()).digest()[:4]) / (1 << 32)
    return FIRST_DELAY + share * (LAST_DELAY - FIRST_DELAY)


def kept_until(decision: Decision, decided_at: datetime) -> datetime:
    """The least until when a decided report is kept. It is kept while its sanction lasts, and for as long after it."""
    kept_for = KEPT_WITHOUT_ACTION_FOR if decision is Decision.CLOSE else KEPT_AFTER_ACTION_FOR
    return decided_at + kept_for
