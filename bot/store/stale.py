"""Marks of messages that may no longer hold, as statements for the transaction of what has changed.

The courier draws a marked message again, and edits it only if what it shows is different.
"""

from collections.abc import Collection
from datetime import datetime

from bot.domain.message import LINK_KINDS, MATCH_KINDS, SEARCH_KINDS
from bot.store.codec import encode
from bot.store.database import Statement
from bot.store.times import to_ms

AT_ONCE = 0
"""A time that has passed whatever the clock says."""


def mark_search(member_id: int, now: datetime) -> Statement:
    """Mark what this member was shown about a search: messages about one, and their card."""
    values = {"member_id": member_id, "stale_at": to_ms(now), "search_kinds": encode(sorted(SEARCH_KINDS))}
    return Statement(name="outbox.mark_stale_by_member", values=values)


def mark_searches_in(server_ids: Collection[int], *, only_left: bool = False) -> Statement:
    """Mark as stale at once what may show that one of these servers is open or closed.

    That is what everybody who waits there was shown about a search, and every card shown there, or to somebody who has
    searched there. With `only_left`, only for those servers that the bot has left.
    """
    values = {
        "server_ids": encode(list(server_ids)),
        "only_left": int(only_left),
        "stale_at": AT_ONCE,
        "search_kinds": encode(sorted(SEARCH_KINDS)),
    }
    return Statement(name="outbox.mark_stale_by_server", values=values)


def mark_match(at: datetime, *, match_id: str | None = None, seat_id: str | None = None) -> Statement:
    """Mark what both members were shown about a match, and their cards, as changed from `at` on.

    The match is given by its id or by one of its seats.
    """
    values = {
        "match_id": match_id,
        "seat_id": seat_id,
        "stale_at": to_ms(at),
        "match_kinds": encode(sorted(MATCH_KINDS)),
    }
    return Statement(name="outbox.mark_stale_by_match", values=values)


def mark_meeting(now: datetime, room_name: str) -> Statement:
    """Mark what both members were shown about the match of this room, and their cards, if their meeting began `now`."""
    values = {"room_name": room_name, "stale_at": to_ms(now), "match_kinds": encode(sorted(MATCH_KINDS))}
    return Statement(name="outbox.mark_stale_by_meeting", values=values)


def mark_seat(at: datetime, seat_id: str) -> Statement:
    """Mark what the member of this seat was shown about the match, and their card; nothing that the partner sees."""
    values = {"seat_id": seat_id, "stale_at": to_ms(at), "link_kinds": encode(sorted(LINK_KINDS))}
    return Statement(name="outbox.mark_stale_by_seat", values=values)


def mark_partners(member_id: int, now: datetime) -> Statement:
    """Mark what the partners of this member were shown about their matches, and their cards: it has a name in it."""
    values = {"member_id": member_id, "stale_at": to_ms(now), "link_kinds": encode(sorted(LINK_KINDS))}
    return Statement(name="outbox.mark_stale_by_partner", values=values)
