"""Leaving a seat as statements: it also ends the seat's link and session, and removes the member from the room."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.match import UNDO_FOR
from bot.domain.message import LINK_KINDS
from bot.store.codec import encode
from bot.store.database import Statement
from bot.store.presence import record_meeting
from bot.store.stale import mark_match, mark_seat
from bot.store.times import to_ms

TOPICS = ("room_orders", "outbox")
"""Who waits for what leaving writes."""


def leave_statements(seat_id: str, now: datetime, *, for_good: bool = False) -> Sequence[Statement]:
    """The statements that give up a seat; the list fails unless the first one applies.

    Leaving can be undone for a while, unless it is `for_good`. Nothing else depends on `for_good`, so that the
    partner cannot tell a block from an ordinary leave.
    """
    values = {"seat_id": seat_id, "now": to_ms(now), "link_kinds": encode(sorted(LINK_KINDS))}
    following = (
        "invitations.end_by_seat",
        "browser_sessions.end_by_seat",
        "room_orders.remove_by_seat",
        "outbox.withdraw_by_seat",
        "matches.seat_changed",
    )
    return [
        Statement(name="seats.leave", values={**values, "for_good": int(for_good)}, expect_rows=1),
        record_meeting(now, seat_id=seat_id),
        *(Statement(name=name, values=values) for name in following),
        mark_seat(now, seat_id),
        mark_match(now + UNDO_FOR, seat_id=seat_id),  # the partner's cards wait until nothing can be undone
    ]
