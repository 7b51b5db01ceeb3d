"""Membership: whether a member of a server can be matched there, by what Discord tells of them and when it told it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from bot.domain.age_group import AgeGroup, pool_of
from bot.domain.server import Server, pools_are_separated

FRESH_FOR_MATCH = timedelta(minutes=10)
"""What Discord told should not be older while a member waits or has a seat; without an answer it is."""
ASK_AGAIN_AFTER = FRESH_FOR_MATCH - timedelta(minutes=2)
"""So early that an answer is there in time, and nothing has to be asked between a match and its messages."""
FRESH_FOR_ENTRY = timedelta(seconds=60)
"""What Discord told counts for so long when a member enters the room."""
ANSWERED_WITHIN = timedelta(seconds=6)
"""An answer that has been urgent for longer may not come: chat is away, or Discord does not answer."""
UNTIL_TOLD_OTHERWISE = datetime.max.replace(tzinfo=UTC)


class Barred(StrEnum):
    """Why a member cannot be matched in a server, or in the pool in which they were."""

    NOT_MEMBER = "not_member"  # has left, or was kicked or banned
    RULES = "rules"  # has not accepted the server's rules yet
    NAME_HELD = "name_held"  # Discord holds the member's name back
    TIMED_OUT = "timed_out"
    ROLE = "role"  # lacks the role that the server requires
    NO_AGE_ROLE = "no_age_role"  # where pools are separated
    BOTH_AGE_ROLES = "both_age_roles"  # until one of them is taken away
    OTHER_POOL = "other_pool"  # belongs to another one now, and may search there at once


@dataclass(frozen=True, kw_only=True, slots=True)
class Membership:
    """What Discord tells of one member of one server."""

    in_server: bool = True
    role_ids: frozenset[int] = frozenset()
    timed_out_until: datetime | None = None
    name_held: bool = False
    accepted_rules: bool = True
    joined_at: datetime | None = None


_BARRING_AGE_GROUPS: Mapping[AgeGroup, Barred] = MappingProxyType(
    {AgeGroup.NEITHER: Barred.NO_AGE_ROLE, AgeGroup.BOTH: Barred.BOTH_AGE_ROLES}
)

ABSENT = Membership(in_server=False)


def why_barred(
    membership: Membership, *, role_id: int | None, now: datetime, age_group: AgeGroup | None = None
) -> Barred | None:
    """The first reason why a member cannot be matched at `now`, or None.

    `role_id` is the role that the server requires, if it requires one; `age_group` what the member's roles say there.
    """
    if not membership.in_server:
        return Barred.NOT_MEMBER
    if not membership.accepted_rules:
        return Barred.RULES
    if membership.name_held:
        return Barred.NAME_HELD
    if role_id is not None and role_id not in membership.role_ids:
        return Barred.ROLE
    if age_group is not None and age_group in _BARRING_AGE_GROUPS:
        return _BARRING_AGE_GROUPS[age_group]
    if membership.timed_out_until is not None and membership.timed_out_until > now:
        return Barred.TIMED_OUT
    return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """Why a member cannot be matched in a server, and until when."""

    reason: Barred
    until: datetime


def bar_of(
    membership: Membership, *, role_id: int | None, now: datetime, age_group: AgeGroup | None = None
) -> Bar | None:
    """The member's bar as `why_barred` finds it, or None. A timeout ends by itself; nothing else does."""
    reason = why_barred(membership, role_id=role_id, now=now, age_group=age_group)
    if reason is None:
        return None
    ends_by_itself = reason is Barred.TIMED_OUT and membership.timed_out_until
    return Bar(reason=reason, until=ends_by_itself or UNTIL_TOLD_OTHERWISE)


def is_barred(until: datetime | None, now: datetime) -> bool:
    """Whether a member who is barred until then, if at all, cannot be matched at `now`."""
    return until is not None and until > now


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownMembership:
    """What is known of a member: when Discord told it, until when they are barred, since when an answer is urgent.

    An answer is urgent while somebody waits for it: Discord is asked before it is asked about all others. `age_group`
    is None where nothing separates pools; `joined_at` is since when they are in the server.
    """

    told_at: datetime | None = None
    barred_until: datetime | None = None
    urgent_at: datetime | None = None
    age_group: AgeGroup | None = None
    joined_at: datetime | None = None

    @property
    def timed_out_until(self) -> datetime | None:
        """Until when a timeout bars them, None for another bar or none: only a timeout ends by itself."""
        until, never = self.barred_until, UNTIL_TOLD_OTHERWISE.replace(microsecond=0)  # the store keeps milliseconds
        return until if until is not None and until < never else None

    def is_fresh(self, now: datetime, *, fresh_for: timedelta) -> bool:
        """Whether it was told within `fresh_for`. What lies ahead of the clock is not fresh."""
        return self.told_at is not None and timedelta() <= now - self.told_at <= fresh_for

    def may_be_answered(self, now: datetime, *, within: timedelta) -> bool:
        """Whether an answer has been urgent for less than `within`."""
        return self.urgent_at is not None and timedelta() <= now - self.urgent_at < within


class Entry(StrEnum):
    """Whether a member may enter a room, or search."""

    ADMITTED = "admitted"
    BARRED = "barred"
    OTHER_POOL = "other_pool"  # than that of the room: their age role, or what the server says of ages, has changed
    ASK = "ask"  # what is known is too old, and nobody has asked for somebody who waits
    WAIT = "wait"  # for the answer


def decide_entry(
    known: KnownMembership,
    *,
    server: Server | None,
    now: datetime,
    pool: str | None = None,
    fresh_for: timedelta = FRESH_FOR_ENTRY,
    answered_within: timedelta = ANSWERED_WITHIN,
) -> Entry:
    """Whether a member of `server` may enter a room of `pool`, or search, at `now`.

    What was told counts for `fresh_for`; otherwise an answer is to be expected for `answered_within`.
    Without an answer they may, where nothing separates pools; their question stays open, and the answer still counts.
    `known` must have been read after `server`: what was told under earlier settings is forgotten with these.
    """
    if is_barred(known.barred_until, now):
        return Entry.BARRED
    is_in_pool = pool is None or server is None or pool == pool_of(server.server_id, known.age_group)
    is_group_known = known.age_group is not None or not pools_are_separated(server)
    if is_group_known and known.is_fresh(now, fresh_for=fresh_for):
        return Entry.ADMITTED if is_in_pool else Entry.OTHER_POOL
    if known.urgent_at is None:
        return Entry.ASK
    if known.may_be_answered(now, within=answered_within) or pools_are_separated(server) or not is_in_pool:
        return Entry.WAIT
    return Entry.ADMITTED
