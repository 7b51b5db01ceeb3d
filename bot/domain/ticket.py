"""A ticket: one member waiting in a pool, with wishes and a declared patience."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

ANY = "any"
LENGTHS = (25, 50, 75)
"""The possible lengths of a meeting, in minutes."""
USUAL_LENGTHS = (25, 50)
"""The lengths of a server whose admins chose none."""
PREFERRED_LENGTH = 50
"""The length of a match, in minutes, if one of the two left it open and both can."""
SHORTEST_WAIT_MINUTES, LONGEST_WAIT_MINUTES = 1, 60


class Style(StrEnum):
    """How a member likes to study together."""

    QUIET = "quiet"
    TALK = "talk"
    ANY = "any"


class Camera(StrEnum):
    """Whether a member wants cameras; off is as welcome as on."""

    ON = "on"
    OFF = "off"
    ANY = "any"


class Level(IntEnum):
    """How well a member knows the subject."""

    BEGINNER = 0
    INTERMEDIATE = 1
    ADVANCED = 2


class TicketState(StrEnum):
    """The state of a ticket."""

    WAITING = "waiting"
    MATCHED = "matched"
    LEFT = "left"
    EXPIRED = "expired"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wishes:
    """What a member wants. `lengths` are minutes, ascending; `languages` are codes, the preferred one first.

    `any_length`: the member left the length open, so `lengths` are all that the server offers.

    A field that is added later needs a default: rows written before it existed are still read.
    """

    subject: str = ANY
    subject_group: str = ANY
    level: Level | None = None
    style: Style = Style.ANY
    camera: Camera = Camera.ANY
    lengths: tuple[int, ...] = USUAL_LENGTHS
    any_length: bool = True
    languages: tuple[str, ...] = ("en",)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticket:
    """One member waiting in a pool until `expires_at`.

    A member whose match fell through is requeued at the `front`, with `waiting_since` unchanged. `version` grows
    with each change of the wishes or of `expires_at`.
    """

    id: str
    member_id: int
    server_id: int
    pool: str
    name: str
    wishes: Wishes
    waiting_since: datetime
    expires_at: datetime
    front: bool = False
    locale: str = "en"
    version: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class RecentTicket:
    """A recent ticket of a pool, and whether it is still waiting."""

    ticket: Ticket
    is_waiting: bool


PATIENCE_AT_LEAST = timedelta(minutes=5)


def requeued_ticket(ticket: Ticket, *, new_id: str, matched_at: datetime, now: datetime) -> Ticket:
    """A new ticket for a member whose match fell through: at the front, since the original time.

    It keeps the patience that was left when the match was made, at least `PATIENCE_AT_LEAST`.
    """
    left = max(ticket.expires_at - matched_at, PATIENCE_AT_LEAST)
    return replace(ticket, id=new_id, expires_at=now + left, front=True, version=1)
