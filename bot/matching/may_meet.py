"""The hard rules: which tickets may be paired at all. No rule is ever relaxed."""

from collections.abc import Set as AbstractSet

from bot.domain.ticket import Ticket

Blocks = AbstractSet[tuple[int, int]]
"""Directed pairs of member ids: (blocker, blocked)."""


def may_meet(a: Ticket, b: Ticket, blocks: Blocks) -> bool:
    """Whether two tickets of different members share a pool, a length and a language, without a block either way."""
    return (
        a.pool == b.pool
        and a.member_id != b.member_id
        and (a.member_id, b.member_id) not in blocks
        and (b.member_id, a.member_id) not in blocks
        and not set(a.wishes.lengths).isdisjoint(b.wishes.lengths)
        and not set(a.wishes.languages).isdisjoint(b.wishes.languages)
    )
