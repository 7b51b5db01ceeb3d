"""Takes search and seat from a member who may no longer have them, as statements, and tells them why."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.membership import Bar, Barred
from bot.domain.message import MessageKind, SearchDetails, search_details
from bot.domain.ticket import Ticket
from bot.store.database import Database, Row, Statement, Value
from bot.store.leaving import leave_statements
from bot.store.match_end import end_trial_statements
from bot.store.outbox import NewMessage, insert_message
from bot.store.rows import RowReader
from bot.store.stale import mark_search
from bot.store.tickets import read_with_subject


class Removals:
    """Finds what a member holds in a server outside the pool that they belong to."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tickets = RowReader("tickets", read_with_subject)

    async def statements(self, member: dict[str, Value], bar: Bar, now: datetime) -> Sequence[Statement]:
        """The statements that take ticket and seat; the list fails if the member got or lost either meanwhile."""
        seat = await self._database.one("memberships.find_live_seat", **member)
        row = await self._database.one("memberships.find_ticket", **member)
        held = {**member, "seat_id": seat["seat_id"] if seat else None, "ticket_id": row["id"] if row else None}
        return [
            Statement(name="memberships.holds_nothing_else", values=held, expect_rows=1),
            *(self._end_of_search(row, bar, held, now) if row else ()),
            *(self._end_of_seat(seat, bar, now) if seat else ()),
        ]

    def _end_of_search(self, row: Row, bar: Bar, held: dict[str, Value], now: datetime) -> Sequence[Statement]:
        ticket = self._tickets.read_one(row)
        return [
            Statement(name="tickets.leave_barred", values=held, expect_rows=1),
            mark_search(row["member_id"], now),
            *([_message_about(ticket, search_details(ticket, ended_at=now, bar=bar), now)] if ticket else ()),
        ]

    def _end_of_seat(self, seat: Row, bar: Bar, now: datetime) -> Sequence[Statement]:
        """As an ordinary Leave; what the member was shown changes at once, and says why if they can still act on it."""
        ticket = self._tickets.read_one(seat) if bar.reason is not Barred.NOT_MEMBER else None
        return [
            *leave_statements(seat["seat_id"], now, for_good=True),
            *([_message_about(ticket, search_details(ticket, bar=bar, was_matched=True), now)] if ticket else ()),
        ]


async def find_ban_removal(
    database: Database, member_id: int, server_id: int | None, now: datetime
) -> Sequence[Statement]:
    """The statements that take seat and trial from who is banned in this server, or everywhere (None).

    The list fails if they get or lose either meanwhile.
    """
    scope = {"member_id": member_id, "server_id": server_id}
    seat = await database.one("seats.find_live_in", **scope)
    trial = await database.one("matches.find_live_trial_in", **scope)
    return [
        *(leave_statements(seat["id"], now, for_good=True) if seat else ()),
        *(end_trial_statements(trial["id"], now) if trial else ()),
        Statement(name="seats.none_live_in", values=scope, expect_rows=1),
    ]


def holds_nothing(member: dict[str, Value]) -> Sequence[Statement]:
    """The statement that fails if the member has something to lose."""
    held = {**member, "seat_id": None, "ticket_id": None}
    return [Statement(name="memberships.holds_nothing_else", values=held, expect_rows=1)]


def _message_about(ticket: Ticket, details: SearchDetails, now: datetime) -> Statement:
    """Says that the member of this ticket was barred. It has the ticket's id, so there is never a second one."""
    return insert_message(
        NewMessage(
            id=ticket.id,
            kind=MessageKind.UNMATCHED,
            member_id=ticket.member_id,
            ticket_id=ticket.id,
            payload=details,
            due_at=now,
            server_id=ticket.server_id,
            locale=ticket.locale,
        )
    )
