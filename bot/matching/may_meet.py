"""The hard rules: who may meet whom at all. They are never relaxed."""

from collections.abc import Set as AbstractSet

from bot.domain.ticket import Ticket

Blocks = AbstractSet[tuple[int, int]]


def may_meet(a: Ticket, b: Ticket, blocks: Blocks) -> bool:
    """Same pool, two people, no block in either direction, a common length and a common language."""
    return (
        a.pool == b.pool
        and a.member_id != b.member_id
        and (a.member_id, b.member_id) not in blocks
        and (b.member_id, a.member_id) not in blocks
        and not set(a.wishes.lengths).isdisjoint(b.wishes.lengths)
        and not set(a.wishes.languages).isdisjoint(b.wishes.languages)
    )
