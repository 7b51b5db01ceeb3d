"""Reports: what a member says of somebody with whom they were matched, and what is copied into it when it is filed."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Final

from bot.domain.room import MediaSource
from bot.domain.verdict import Decision, EarlierReport

UNDO_REPORT_FOR: Final = timedelta(seconds=30)
REPORTABLE_FOR: Final = timedelta(days=14)
"""How long after their match has ended somebody can be reported."""
REPORTS_A_DAY: Final = 3
"""So many reports of a member count within `REPORTS_WINDOW`. More are stored, and count later."""
REPORTS_WINDOW: Final = timedelta(days=1)
WORDS_AT_MOST: Final = 1000
"""Letters that a member can write at a time."""
ALL_WORDS_AT_MOST: Final = 4 * WORDS_AT_MOST
TELL_AGAIN_AFTER: Final = timedelta(hours=24)
SEVERE_TELL_AGAIN_AFTER: Final = timedelta(hours=1)
"""A report that nobody has decided, or opened for so long, is told to all readers again; after twice as long, to the
operator."""
ANSWER_WITHIN: Final = timedelta(hours=24)
"""How long its reporter can take to answer a question before a report waits for its readers again."""
LOCK_FOR: Final = timedelta(minutes=15)
"""How long a reader who has taken a report has it alone."""
KEPT_UNDECIDED_FOR: Final = timedelta(days=180)
AUDIT_KEPT_FOR: Final = timedelta(days=365)
"""The database itself deletes nothing from the audit earlier."""
MOST_NUMBERS_SKIPPED: Final = 2
NOBODY: Final = 0
"""The member of messages to nobody in particular, such as those to the staff's channel."""


class ReportReason(StrEnum):
    """Why a member files a report."""

    SEXUAL = "sexual"
    MINOR_WITH_ADULT = "minor_with_adult"
    RECORDED = "recorded"  # or threatened
    HATE = "hate"
    NOT_STUDYING = "not_studying"
    UNSAID = "unsaid"
    WORRY = "worry"  # no accusation: it never counts against anybody


SEVERE_REASONS: Final = frozenset({ReportReason.SEXUAL, ReportReason.MINOR_WITH_ADULT, ReportReason.RECORDED})
"""Reasons for which the reported member gets no new match for a while, before anybody has read the report."""


class Escalation(IntEnum):
    """How far a report has been told again: while nobody has read it, and then since a reader has opened it."""

    OPERATOR_FIRST = -1  # the operator, who alone can read it: negative, as stored values keep their meaning
    NOTHING = 0
    UNREAD = 1  # all readers, that nobody has read it
    OPERATOR = 2  # the operator reads it, and knows
    UNDECIDED = 3  # all readers, that it was opened and is not decided
    OPERATOR_LAST = 4  # the operator, of one that was opened: nobody is left to tell


class ReportPlace(StrEnum):
    """Where a report was filed."""

    ROOM = "room"
    OVER = "over"  # the page after a session
    MESSAGE = "message"  # the message after a session
    COMMAND = "command"  # /study report


class ReportReaders(StrEnum):
    """Who reads a report, as its reporter may know it."""

    ADMINS = "admins"  # the staff of the server
    OPERATOR = "operator"  # and none of the staff
    NOBODY = "nobody"  # as far as we can reach anybody


class ReportSide(StrEnum):
    """The two members of a report."""

    REPORTER = "reporter"
    REPORTED = "reported"


@dataclass(frozen=True, kw_only=True, slots=True)
class MediaTimes:
    """When a member first sent from a source, and when they last did; None while they still do.

    In between it may have been off: LiveKit tells when a track is published, not when it is muted.
    """

    source: MediaSource
    first_at: datetime
    last_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SeatTimes:
    """When a member's first link was delivered, when they were first in the room, and when they left for good.

    `media`: what they sent in between, None in a report from before that was noted.
    """

    invited_at: datetime | None = None
    entered_at: datetime | None = None
    left_at: datetime | None = None
    media: tuple[MediaTimes, ...] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What is copied into a report when it is filed: nothing of what was said or seen, and no name.

    `met_at`: when both were first in the room together. `earlier`: reports about the same member decided before.
    """

    pool: str
    subject: str
    matched_at: datetime
    met_at: datetime | None
    reporter: SeatTimes
    reported: SeatTimes
    earlier: tuple[EarlierReport, ...] = ()

    @property
    def left_first(self) -> ReportSide | None:
        """Who left before the other, None if nobody has left."""
        left = {ReportSide.REPORTER: self.reporter.left_at, ReportSide.REPORTED: self.reported.left_at}
        times = {side: at for side, at in left.items() if at is not None}
        return min(times, key=times.__getitem__) if times else None


def can_be_reported(ended_at: datetime | None, now: datetime) -> bool:
    """Whether whoever was in a match can still report the other; `ended_at` is None while it lasts."""
    return ended_at is None or now < ended_at + REPORTABLE_FOR


def tell_again_after(reason: ReportReason) -> timedelta:
    """How long a report waits for its readers until they are told of it again."""
    return SEVERE_TELL_AGAIN_AFTER if reason in SEVERE_REASONS else TELL_AGAIN_AFTER


def can_decide(reason: ReportReason, decision: Decision) -> bool:
    """Whether this can be decided about such a report: a worry accuses nobody, so nothing follows from it for them."""
    return reason is not ReportReason.WORRY or decision in {Decision.CLOSE, Decision.NOTE}


def next_number(last: int, report_id: str) -> int:
    """The number of a new report of a server whose last one has the number `last`, 0 if there is none.

    Some numbers are left out at random, so that nobody learns from a gap that there is a report which they cannot see.
    """
    if not last:
        return 1
    skipped = hashlib.sha256(report_id.encode()).digest()[0] % (MOST_NUMBERS_SKIPPED + 1)
    return last + 1 + skipped


def counts_at(filed_at: datetime, latest: Sequence[datetime]) -> datetime:
    """When a report counts that was filed at `filed_at`; `latest` has when the reporter's others count, newest first.

    Of any `REPORTS_WINDOW` there are never more than `REPORTS_A_DAY` that count.
    """
    if len(latest) < REPORTS_A_DAY:
        return filed_at
    return max(filed_at, latest[REPORTS_A_DAY - 1] + REPORTS_WINDOW)


def hold_ends_at(now: datetime, hold_for: timedelta, earlier: Sequence[datetime]) -> datetime | None:
    """When the hold of a report that is severe since `now` ends; None if there is to be none.

    `earlier` has when those holds of the same member end that have begun and about which nobody has decided. However
    many reports there are, together they hold for no more than `hold_for` until a person decides.
    """
    if not earlier:
        return now + hold_for
    end = max(earlier)
    return end if end > now else None


def with_more_words(words: str, more: str) -> str:
    """A reporter's words with more of them on a new line. The same words are not added twice."""
    added = more.strip()[:WORDS_AT_MOST]
    if not added or f"\n{added}\n" in f"\n{words}\n":
        return words
    return f"{words}\n{added}".strip()[:ALL_WORDS_AT_MOST]


def derived_id(report_id: str, *about: object) -> str:
    """The id of something that follows from a report once, such as a message about it: 22 letters, as any id."""
    digest = hashlib.sha256(" ".join(map(str, (report_id, *about))).encode()).digest()
    return urlsafe_b64encode(digest[:16]).rstrip(b"=").decode("ascii")
