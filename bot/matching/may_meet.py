"""The hard rules: which tickets may be paired at all, and when. No rule is ever relaxed."""

from datetime import datetime
from typing import Final

from bot.domain.ticket import Ticket
from bot.matching.history import History, sorted_pair

OPPOSITE_STYLES_WAIT_S: Final = 60.0
"""Two with opposite styles are paired once the longer-waiting has waited this long, or when a patience ends."""


def may_meet(a: Ticket, b: Ticket, history: History, now: datetime) -> bool:
    """Whether two tickets of different members share a pool, a length and a language, and nothing keeps them apart."""
    return (
        a.pool == b.pool
        and a.member_id != b.member_id
        and (a.member_id, b.member_id) not in history.blocks
        and (b.member_id, a.member_id) not in history.blocks
        and not _are_apart(a, b, history, now)
        and not set(a.wishes.lengths).isdisjoint(b.wishes.lengths)
        and not set(a.wishes.languages).isdisjoint(b.wishes.languages)
    )


def _are_apart(a: Ticket, b: Ticket, history: History, now: datetime) -> bool:
    until = history.apart_until.get(sorted_pair(a.member_id, b.member_id))
    return until is not None and now < until
