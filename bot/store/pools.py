"""Whether a member can be in a pool, as statements: whatever writes a ticket or a match fails together with these."""

from datetime import datetime

from bot.domain.membership import FRESH_FOR_MATCH, UNTIL_TOLD_OTHERWISE
from bot.domain.ticket import Ticket
from bot.store.database import Statement
from bot.store.times import to_ms

NOT_BARRED = "memberships.not_barred"
IN_POOL = "memberships.in_pool"


def not_barred(ticket: Ticket, now: datetime) -> Statement:
    """The statement that fails if Discord has told that the member of this ticket cannot be matched in its server."""
    values = {
        "server_id": ticket.server_id,
        "member_id": ticket.member_id,
        "now": to_ms(now),
        "barred_at_most": to_ms(UNTIL_TOLD_OTHERWISE),
    }
    return Statement(name=NOT_BARRED, values=values, expect_rows=1)


def in_pool(ticket: Ticket, pool: str, now: datetime) -> Statement:
    """The statement that fails unless the member of this ticket belongs to `pool`.

    Where pools are separated, only what Discord told lately puts somebody into one.
    """
    values = {
        "server_id": ticket.server_id,
        "member_id": ticket.member_id,
        "pool": pool,
        "now": to_ms(now),
        "told_after": told_after(now),
    }
    return Statement(name=IN_POOL, values=values, expect_rows=1)


def told_after(now: datetime) -> int:
    """What Discord told before this time, in milliseconds, puts nobody into a pool where these are separated."""
    return to_ms(now - FRESH_FOR_MATCH)
