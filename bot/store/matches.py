"""Matches and their seats: how they begin, how they stand, how they end."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.agreement import Agreement
from bot.domain.match import (
    EMPTY_ROOM_ENDS_AFTER,
    NO_SHOW_AFTER,
    OVERTIME,
    REMINDER_AFTER,
    UNDO_FOR,
    EndReason,
    states_ending_with,
)
from bot.domain.ticket import Ticket
from bot.store.codec import encode
from bot.store.database import Database, Statement, UnexpectedRowCount, UniqueViolation
from bot.store.leases import Fence, write_fenced
from bot.store.outbox import NewMessage, insert_message
from bot.store.seats import Match, Seat, SeatInMatch, seat_in_match
from bot.store.tickets import requeue_ticket, spend_ticket
from bot.store.times import to_ms

__all__ = ["Match", "Matches", "NewMatch", "NewSeat", "Seat", "SeatInMatch", "end_statements"]


@dataclass(frozen=True, kw_only=True, slots=True)
class NewSeat:
    """A place for the member of `ticket`, with its first invitation."""

    id: str
    match_id: str
    ticket: Ticket
    invitation_id: str
    token_hash: bytes

    @property
    def member_id(self) -> int:
        """Whose place it is."""
        return self.ticket.member_id


@dataclass(frozen=True, kw_only=True, slots=True)
class NewMatch:
    """Two tickets put together; `seats` with the earlier ticket's first."""

    id: str
    agreement: Agreement
    room_name: str
    created_at: datetime
    seats: tuple[NewSeat, NewSeat]
    messages: Sequence[NewMessage]


class Matches:
    """All matches."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, new: NewMatch, *, fence: Fence) -> bool:
        """Make a match of two waiting tickets, with seats, invitations and messages, as one fact.

        False when a ticket has gone or its wishes have changed meanwhile, a member sits elsewhere or a block stands
        between them, so again it is False. Raises LostLease.
        """
        try:
            return await write_fenced(self._database, fence, new.created_at, _recording(new), notify=("outbox",))
        except UniqueViolation:
            return False

    async def find_by_member(self, member_id: int) -> SeatInMatch | None:
        """The live seat of a member: the match runs and they have not left it."""
        row = await self._database.one("matches.find_by_member", member_id=member_id)
        return seat_in_match(row) if row else None

    async def find_by_seat(self, seat_id: str) -> SeatInMatch | None:
        """A seat in whatever state; None for an unknown one."""
        row = await self._database.one("matches.find_by_seat", seat_id=seat_id)
        return seat_in_match(row) if row else None

    async def find_latest_by_member(self, member_id: int) -> SeatInMatch | None:
        """The newest seat of a member, live or not."""
        row = await self._database.one("matches.last_seat", member_id=member_id)
        return await self.find_by_seat(row["id"]) if row else None

    async def end(
        self,
        match_id: str,
        reason: EndReason,
        *,
        now: datetime,
        messages: Sequence[NewMessage] = (),
        requeue: Sequence[Ticket] = (),
    ) -> bool:
        """End a match: seats, links and sessions end, its room closes, the innocent wait.

        False in a state from which `reason` does not end it, so again it is False, and when the reason does not hold
        any more: DECLINED needs a seat left ten seconds ago, REPLACED that nobody has come but those of `requeue`,
        DONE what `finished` looks for. Whoever has left their seat is neither told nor put back.
        """
        innocent = [ticket.member_id for ticket in requeue]
        statements = [
            *end_statements(match_id, reason, now, innocent),
            *map(insert_message, messages),
            *(requeue_ticket(ticket, match_id) for ticket in requeue),
        ]
        try:
            await self._database.write(statements, notify=("room_orders", "outbox", "tickets"))
        except UnexpectedRowCount:
            return False
        return True

    async def record_reminder(self, match_id: str, *, now: datetime, messages: Sequence[NewMessage]) -> bool:
        """Write the second message to the one who is missing; False when it was written before."""
        told = Statement(
            name="matches.record_reminder", values={"match_id": match_id, "now": to_ms(now)}, expect_rows=1
        )
        try:
            await self._database.write([told, *map(insert_message, messages)], notify=("outbox",))
        except UnexpectedRowCount:
            return False
        return True

    async def seats_to_remind(self, now: datetime) -> Sequence[SeatInMatch]:
        """The seats still empty after four minutes whose members were not told a second time."""
        return await self._seats("matches.seats_to_remind", created_before=to_ms(now - REMINDER_AFTER))

    async def no_shows(self, now: datetime) -> Sequence[SeatInMatch]:
        """One seat of each match in which, after fifteen minutes, the two were never in together."""
        return await self._seats("matches.no_shows", created_before=to_ms(now - NO_SHOW_AFTER))

    async def left_before_meeting(self, now: datetime) -> Sequence[SeatInMatch]:
        """The seats given up, and not taken back in time, before the two were in together."""
        return await self._seats("matches.left_before_meeting", left_before=to_ms(now - UNDO_FOR))

    async def finished_meetings(self, now: datetime) -> Sequence[str]:
        """The ids of meetings that are over: left by both, empty for five minutes, or ten over their length."""
        rows = await self._database.all("matches.finished_meetings", **_over(now))
        return [row["id"] for row in rows]

    async def _seats(self, query: str, **values: int) -> Sequence[SeatInMatch]:
        found = [await self.find_by_seat(row["id"]) for row in await self._database.all(query, **values)]
        return [seat for seat in found if seat is not None]


def _over(now: datetime) -> dict[str, int]:
    """Since before when a meeting must have been out of time, empty or left to be over."""
    return {
        "ends_before": to_ms(now - OVERTIME),
        "empty_before": to_ms(now - EMPTY_ROOM_ENDS_AFTER),
        "left_before": to_ms(now - UNDO_FOR),
    }


def end_statements(
    match_id: str, reason: EndReason, now: datetime, put_back: Collection[int] = ()
) -> Sequence[Statement]:
    """The statements that end a match; the first one expects to be the one that ends it.

    `put_back` are the members who go back into the line.
    """
    values = {"match_id": match_id, "now": to_ms(now)}
    end = {
        **values,
        **_over(now),
        "reason": reason,
        "states": encode(sorted(states_ending_with(reason))),
        "put_back": encode(sorted(put_back)),
    }
    following = ("matches.close_seats", "invitations.over", "sessions.after_match", "orders.close", "outbox.withdraw")
    return [
        Statement(name="matches.end", values=end, expect_rows=1),
        *(Statement(name=name, values=values) for name in following),
    ]


def _recording(new: NewMatch) -> Sequence[Statement]:
    taken = [spend_ticket(seat.ticket, new.created_at) for seat in new.seats]
    return [*taken, _match(new), *(s for side in (0, 1) for s in _seat(new, side)), *map(insert_message, new.messages)]


def _match(new: NewMatch) -> Statement:
    first, second = new.seats
    values = {
        "id": new.id,
        "server_id": first.ticket.server_id,
        "pool": first.ticket.pool,
        "agreement": encode(new.agreement),
        "length": new.agreement.length,
        "room_name": new.room_name,
        "created_at": to_ms(new.created_at),
        "member_0": first.ticket.member_id,
        "member_1": second.ticket.member_id,
    }
    return Statement(name="matches.create", values=values, expect_rows=1)


def _seat(new: NewMatch, side: int) -> Sequence[Statement]:
    seat = new.seats[side]
    place = {
        "id": seat.id,
        "match_id": seat.match_id,
        "member_id": seat.member_id,
        "ticket_id": seat.ticket.id,
        "name": seat.ticket.name,
        "locale": seat.ticket.locale,
        "side": side,
    }
    invitation = {
        "id": seat.invitation_id,
        "seat_id": seat.id,
        "token_hash": seat.token_hash,
        "now": to_ms(new.created_at),
    }
    return [
        Statement(name="matches.seat", values=place),
        Statement(name="invitations.issue", values=invitation, expect_rows=1),
    ]
