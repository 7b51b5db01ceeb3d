"""What a seat looks like when it is read: itself, its match and the other seat."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.agreement import Agreement
from bot.domain.match import EndReason, MatchState
from bot.store.codec import decode
from bot.store.database import Row
from bot.store.times import from_ms


@dataclass(frozen=True, kw_only=True, slots=True)
class Seat:
    """One member's place. `entered_at` is the first arrival; `left_at` is leaving for good; `side` 0 waited longer."""

    id: str
    match_id: str
    member_id: int
    name: str
    locale: str
    side: int
    entered_at: datetime | None
    left_at: datetime | None
    present: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """Two members and what they agreed on. `met_at`: first both in together; `version` grows with changes."""

    id: str
    server_id: int
    pool: str
    state: MatchState
    reason: EndReason | None
    agreement: Agreement
    room_name: str
    created_at: datetime
    reminded_at: datetime | None
    met_at: datetime | None
    ends_at: datetime | None
    ended_at: datetime | None
    version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SeatInMatch:
    """A seat seen from its member's side. `notified_at` is when the partner's first link was delivered."""

    match: Match
    own: Seat
    partner: Seat
    notified_at: datetime | None


def seat_in_match(row: Row) -> SeatInMatch:
    """A seat from a row of `matches.find_by_member` or `matches.find_by_seat`."""
    own = int(row["own_side"])
    return SeatInMatch(
        match=_match(row), own=_seat(row, own), partner=_seat(row, 1 - own), notified_at=from_ms(row["notified_at"])
    )


def _match(row: Row) -> Match:
    return Match(
        id=row["id"],
        server_id=row["server_id"],
        pool=row["pool"],
        state=MatchState(row["state"]),
        reason=EndReason(row["reason"]) if row["reason"] else None,
        agreement=decode(row["agreement"], Agreement),
        room_name=row["room_name"],
        created_at=from_ms(int(row["created_at"])),
        reminded_at=from_ms(row["reminded_at"]),
        met_at=from_ms(row["met_at"]),
        ends_at=from_ms(row["ends_at"]),
        ended_at=from_ms(row["ended_at"]),
        version=row["version"],
    )


def _seat(row: Row, side: int) -> Seat:
    return Seat(
        id=row[f"id_{side}"],
        match_id=row["id"],
        member_id=row[f"member_{side}"],
        name=row[f"name_{side}"],
        locale=row[f"locale_{side}"],
        side=side,
        entered_at=from_ms(row[f"entered_{side}"]),
        left_at=from_ms(row[f"left_{side}"]),
        present=row[f"sid_{side}"] is not None,
    )
