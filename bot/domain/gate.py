"""The gate: how old an account must be, and how long its member must have been in a server, before the first search."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType


class Gate(StrEnum):
    """How careful a server is with newcomers, as its admins chose."""

    OPEN = "open"
    CAREFUL = "careful"
    STRICT = "strict"


@dataclass(frozen=True, kw_only=True, slots=True)
class GateTerms:
    """How long an account must exist, how long its member must be in the server, and whether a role is required."""

    account_age: timedelta = timedelta()
    membership: timedelta = timedelta()
    needs_role: bool = False


GATES: Mapping[Gate, GateTerms] = MappingProxyType(
    {
        Gate.OPEN: GateTerms(),
        Gate.CAREFUL: GateTerms(account_age=timedelta(days=14), membership=timedelta(days=3)),
        Gate.STRICT: GateTerms(account_age=timedelta(days=30), membership=timedelta(days=14), needs_role=True),
    }
)

_DISCORD_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
_TIME_SHIFT = 22  # an id's lower bits hold no time


def account_created_at(member_id: int) -> datetime:
    """When the account with this id was made: the id begins with it, in milliseconds since 2015."""
    return _DISCORD_EPOCH + timedelta(milliseconds=member_id >> _TIME_SHIFT)


def opens_at(gate: Gate, *, member_id: int, joined_at: datetime) -> datetime:
    """When the gate opens for a member who joined the server at `joined_at`; it stays open from then on."""
    terms = GATES[gate]
    return max(account_created_at(member_id) + terms.account_age, joined_at + terms.membership)
