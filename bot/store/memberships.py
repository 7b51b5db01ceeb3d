"""Memberships: what Discord has told of members of servers, and the questions that chat is to put to Discord."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.membership import ASK_AGAIN_AFTER, Bar, Barred, KnownMembership, is_barred
from bot.domain.message import MessageKind, SearchDetails, search_details
from bot.domain.ticket import Ticket
from bot.store.codec import encode
from bot.store.database import Database, Row, Statement, UnexpectedRowCount, Value
from bot.store.leaving import TOPICS, leave_statements
from bot.store.outbox import NewMessage, insert_message
from bot.store.rows import RowReader
from bot.store.stale import mark_search
from bot.store.tickets import read_with_subject
from bot.store.times import from_ms, to_ms

RECORD = "memberships.record"


@dataclass(frozen=True, kw_only=True, slots=True)
class MemberQuestion:
    """A question about one member of one server; `urgent` while somebody waits for the answer."""

    server_id: int
    member_id: int
    urgent: bool


class Memberships:
    """What is known of members, over all servers."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tickets = RowReader("tickets", read_with_subject)
        self._times = {name: _time_reader(name) for name in ("told_at", "barred_until", "urgent_at")}

    async def find(self, server_id: int, member_id: int) -> KnownMembership:
        """What is known of a member; every field is None for one never heard of. What cannot be read is not known."""
        row = await self._database.one("memberships.find", server_id=server_id, member_id=member_id)
        return KnownMembership(**{name: reader.read_one(row) for name, reader in self._times.items()})

    async def record(
        self, server_id: int, member_id: int, *, bar: Bar | None, told_at: datetime, now: datetime
    ) -> bool:
        """Record what Discord told at `told_at`, and settle the questions asked before.

        A member who is barred loses ticket and seat in this server, as if they had left them for good, in the same
        transaction. They get a message that says why; who has left the server gets one about a search only.
        False, and nothing changes, if something newer is known. Repeating it changes nothing.
        """
        member = {"server_id": server_id, "member_id": member_id, "now": to_ms(now)}
        news = {**member, "told_at": to_ms(told_at), "barred_until": to_ms(bar.until) if bar else None}
        record = Statement(name=RECORD, values=news, expect_rows=1)
        while True:
            removal = await self._removal(member, bar, now) if bar and is_barred(bar.until, now) else ()
            try:
                await self._database.write([record, *removal], notify=TOPICS if removal else ())
            except UnexpectedRowCount as error:
                if error.statement == RECORD:
                    return False
                continue  # a search or a match began or ended after we looked: look again
            return True

    async def _removal(self, member: dict[str, int], bar: Bar, now: datetime) -> Sequence[Statement]:
        """The statements that take ticket and seat; the list fails if the member got or lost either meanwhile."""
        seat = await self._database.one("memberships.find_live_seat", **member)
        row = await self._database.one("tickets.find_in_server", **member)
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

    async def ask(self, server_id: int, member_id: int, now: datetime) -> None:
        """Ask about one member because somebody waits for the answer. Repeating it changes nothing."""
        values = {"server_id": server_id, "member_id": member_id, "now": to_ms(now)}
        await self._write_questions("memberships.ask", values)

    async def ask_again(self, now: datetime) -> None:
        """Ask about everybody who waits or has a live seat, if nothing was told of them for `ASK_AGAIN_AFTER`."""
        values = {"now": to_ms(now), "told_before": to_ms(now - ASK_AGAIN_AFTER)}
        await self._write_questions("memberships.ask_again", values)

    async def _write_questions(self, name: str, values: dict[str, int]) -> None:
        await self._database.write([Statement(name=name, values=values)], notify=("memberships",))

    async def open_questions(
        self, server_ids: Collection[int], *, urgent: bool, limit: int
    ) -> Sequence[MemberQuestion]:
        """Up to `limit` open questions about members of these servers, the oldest first: the urgent, or the others."""
        servers = encode(list(server_ids))
        return [
            MemberQuestion(server_id=row["server_id"], member_id=row["member_id"], urgent=urgent)
            for row in await self._database.all(
                "memberships.find_asked", server_ids=servers, urgent=urgent, limit=limit
            )
        ]


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


def _time_reader(name: str) -> RowReader[datetime | None]:
    return RowReader(f"{name} of membership", lambda row: from_ms(row[name]), key="member_id")
