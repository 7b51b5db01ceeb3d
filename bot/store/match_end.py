"""The end of a match as statements: it also ends seats, links, sessions, the room and unsent messages.

If the match came to nothing, its two members are kept apart for a while.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from bot.domain.match import (
    APART_FOR,
    CAME_TO_NOTHING,
    EMPTY_ROOM_ENDS_AFTER,
    OVERTIME,
    UNDO_FOR,
    EndReason,
    states_ending_with,
)
from bot.domain.message import LINK_KINDS
from bot.store.codec import encode
from bot.store.database import Statement
from bot.store.stale import mark_match
from bot.store.times import to_ms


def end_statements(
    match_id: str, reason: EndReason, now: datetime, requeued: Collection[int] = ()
) -> Sequence[Statement]:
    """The statements that end a match; the list fails unless the first one applies.

    `requeued` are the ids of the members who are requeued.
    """
    end = {
        "match_id": match_id,
        "now": to_ms(now),
        **meeting_limits(now),
        "reason": reason,
        "states": encode(sorted(states_ending_with(reason))),
        "requeued": encode(sorted(requeued)),
    }
    return [Statement(name="matches.end", values=end, expect_rows=1), *_following(match_id, now)]


def end_unreadable_statements(match_id: str, now: datetime) -> Sequence[Statement]:
    """The statements that end a live match whose row cannot be read; the list fails if it has ended."""
    end = {"match_id": match_id, "now": to_ms(now)}
    return [Statement(name="matches.end_unreadable", values=end, expect_rows=1), *_following(match_id, now)]


def end_trial_statements(trial_id: str, now: datetime) -> Sequence[Statement]:
    """The statements that end a live trial; the list fails if it has ended."""
    end = {"match_id": trial_id, "now": to_ms(now)}
    return [Statement(name="matches.end_trial", values=end, expect_rows=1), *_following(trial_id, now)]


def _following(match_id: str, now: datetime) -> Sequence[Statement]:
    values = {
        "match_id": match_id,
        "now": to_ms(now),
        "link_kinds": encode(sorted(LINK_KINDS)),
        "came_to_nothing": encode(sorted(CAME_TO_NOTHING)),
        "apart_until": to_ms(now + APART_FOR),
    }
    following = (
        "seats.release_by_match",
        "invitations.end_by_match",
        "browser_sessions.end_by_match",
        "room_orders.close_by_match",
        "outbox.withdraw_by_match",
        "last_meetings.keep_apart",
    )
    return [*(Statement(name=name, values=values) for name in following), mark_match(now, match_id=match_id)]


def meeting_limits(now: datetime) -> dict[str, int]:
    """A meeting is over if it was due to end, its room became empty, or both had left before these times."""
    return {
        "ends_before": to_ms(now - OVERTIME),
        "empty_before": to_ms(now - EMPTY_ROOM_ENDS_AFTER),
        "left_before": to_ms(now - UNDO_FOR),
    }
