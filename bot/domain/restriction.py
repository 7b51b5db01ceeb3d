"""Restrictions: what keeps a member from being matched because of what they did, until it ends or is lifted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

HOLD_FOR: Final = timedelta(hours=24)
"""How long a severe report keeps the reported member from new matches, unless a person decides sooner."""

_NEVER: Final = datetime.max.replace(tzinfo=UTC)


class RestrictionKind(StrEnum):
    """The kinds of restriction, the mildest first. A hold or a pause concerns new matches only."""

    HOLD = "hold"  # while a severe report waits to be read
    PAUSE = "pause"  # for days, by a moderator
    BAN = "ban"  # until it is lifted; ends the member's search and session as well


@dataclass(frozen=True, kw_only=True, slots=True)
class Restriction:
    """A restriction of one member in one server, or in all of them (`server_id` is None).

    It begins at `since` and ends before `until`, None for one that lasts until it is lifted.
    """

    id: str
    kind: RestrictionKind
    member_id: int
    server_id: int | None
    since: datetime
    until: datetime | None = None
    report_id: str | None = None

    @property
    def told_until(self) -> datetime | None:
        """Until when its member is told that it lasts: a hold until a full hour, since its end tells when it began."""
        if self.until is None or self.kind is not RestrictionKind.HOLD:
            return self.until
        return self.until.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def strictest(restrictions: Iterable[Restriction]) -> Restriction | None:
    """The one that a member is told of: that which ends last, a ban before all others. None if there is none."""
    ranks = list(RestrictionKind)
    return max(restrictions, key=lambda each: (each.until or _NEVER, ranks.index(each.kind)), default=None)
