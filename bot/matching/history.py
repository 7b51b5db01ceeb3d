"""History: what has been between members before, as the pairing rule needs it."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.member_pair import MemberPair


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """Blocks, favourites and past meetings between members, and until when two are kept apart.

    `blocks` and `favourites` hold directed pairs; `last_meetings` and `apart_until` have the lower id first.
    """

    blocks: AbstractSet[MemberPair] = frozenset()
    favourites: AbstractSet[MemberPair] = frozenset()
    last_meetings: Mapping[MemberPair, datetime] = field(default_factory=dict)
    apart_until: Mapping[MemberPair, datetime] = field(default_factory=dict)


def sorted_pair(one: int, other: int) -> MemberPair:
    """The two ids, the lower one first."""
    return (one, other) if one < other else (other, one)
