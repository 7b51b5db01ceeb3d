"""A seat as it is read: with its match and the partner's seat."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.agreement import Agreement
from bot.domain.match import UNDO_FOR, EndReason, MatchKind, MatchState
from bot.store.codec import decode
from bot.store.database import Row
from bot.store.times import from_ms, from_ms_if_readable


@dataclass(frozen=True, kw_only=True, slots=True)
class Seat:
    """One member's place. `side` 0 waited longer; `entered_at`: first in the room; `left_at`: gave up the seat."""

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
    """Two members and what they agreed on. `version` grows with changes.

    `met_at`: when both were first in the room; `parted_at`: when they were last both in it, None while they are.
    """

    id: str
    kind: MatchKind
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
    parted_at: datetime | None
    ended_at: datetime | None
    version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SeatInMatch:
    """A member's own seat, the match and the partner's.

    `notified_at`: the partner's first link was delivered; `partner_reminded_at`: the reminder to them was;
    `left_for_good`: the member has left and cannot undo that;
    `barred_until`: until when they cannot be matched in this server, if so.
    """

    match: Match
    own: Seat
    partner: Seat
    notified_at: datetime | None
    partner_reminded_at: datetime | None
    left_for_good: bool
    barred_until: datetime | None

    @property
    def is_trial(self) -> bool:
        """Whether the member is an admin who meets themselves."""
        return self.match.kind is MatchKind.TRIAL

    @property
    def undo_until(self) -> datetime | None:
        """Until when the member can undo leaving; None if they have not left, or have left for good."""
        return None if self.own.left_at is None or self.left_for_good else self.own.left_at + UNDO_FOR


@dataclass(frozen=True, kw_only=True, slots=True)
class SeatAddress:
    """A seat, its match and its member."""

    id: str
    match_id: str
    member_id: int


def read_addresses(row: Row) -> tuple[SeatAddress, SeatAddress]:
    """The own seat and the partner's from a row of the view `seat_in_match` of which nothing else may be readable."""
    return _address(row, "own"), _address(row, "partner")


def _address(row: Row, whose: str) -> SeatAddress:
    return SeatAddress(id=row[f"{whose}_id"], match_id=row["id"], member_id=row[f"{whose}_member_id"])


def read_seat_in_match(row: Row) -> SeatInMatch:
    """A seat from a row of the view `seat_in_match`. What is known of its member is no part of the match.

    So if that cannot be read, the match goes on.
    """
    return SeatInMatch(
        match=_read_match(row),
        own=_read_seat(row, "own"),
        partner=_read_seat(row, "partner"),
        notified_at=from_ms(row["notified_at"]),
        partner_reminded_at=from_ms(row["partner_reminded_at"]),
        left_for_good=bool(row["own_left_for_good"]),
        barred_until=from_ms_if_readable(row["own_barred_until"]),
    )


def _read_match(row: Row) -> Match:
    return Match(
        id=row["id"],
        kind=MatchKind(row["kind"]),
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
        parted_at=from_ms(row["parted_at"]),
        ended_at=from_ms(row["ended_at"]),
        version=row["version"],
    )


def _read_seat(row: Row, whose: str) -> Seat:
    return Seat(
        id=row[f"{whose}_id"],
        match_id=row["id"],
        member_id=row[f"{whose}_member_id"],
        name=row[f"{whose}_name"],
        locale=row[f"{whose}_locale"],
        side=row[f"{whose}_side"],
        entered_at=from_ms(row[f"{whose}_entered_at"]),
        left_at=from_ms(row[f"{whose}_left_at"]),
        present=row[f"{whose}_sid"] is not None and row[f"{whose}_left_at"] is None,
    )
