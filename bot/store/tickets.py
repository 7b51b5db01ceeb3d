"""Tickets: which members wait, since when, and with which wishes."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from bot.domain.ticket import RecentTicket, Ticket, TicketState, Wishes
from bot.store.codec import decode, encode
from bot.store.database import Database, Row, Statement, StoreError, UnexpectedRowCount, UniqueViolation
from bot.store.leases import Fence, write_fenced
from bot.store.new_search import (
    AGREED,
    IN_POOL,
    IS_RECOGNIZED,
    NOT_BARRED,
    NOT_RESTRICTED,
    search_statements,
    ticket_values,
)
from bot.store.outbox import NewMessage, insert_message
from bot.store.pools import told_after
from bot.store.recognition import recognize_statements
from bot.store.rows import RowReader, Unreadable
from bot.store.stale import mark_search
from bot.store.times import from_ms, to_ms

ONE_WAITING_TICKET = "one_waiting_ticket"
"""The unique index by which a member waits once."""


class AlreadyWaiting(StoreError):
    """The member already waits, with `ticket`."""

    def __init__(self, ticket: Ticket) -> None:
        super().__init__(AlreadyWaiting.__doc__)
        self.ticket = ticket


class InMatch(StoreError):
    """The member has a live seat."""


class BarredMeanwhile(StoreError):
    """Discord has told a moment ago that the member cannot be matched in this server."""


class PoolUncertain(StoreError):
    """Nothing that Discord told lately puts the member into this pool: it has to be asked."""


class RestrictedMeanwhile(StoreError):
    """The member has been kept from being matched in this server a moment ago."""


class NotAgreed(StoreError):
    """The member has not agreed to the rules that count in this server now."""


REFUSALS: Final[Mapping[str, type[StoreError]]] = MappingProxyType(
    {
        NOT_BARRED: BarredMeanwhile,
        NOT_RESTRICTED: RestrictedMeanwhile,
        IN_POOL: PoolUncertain,
        AGREED: NotAgreed,
    }
)
"""By the statement that refuses a search."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MatchedTicket:
    """A ticket that became a seat, and when."""

    ticket: Ticket
    ended_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class EndedTicket:
    """A ticket that does not wait any more, and how and when it ended."""

    ticket: Ticket
    state: TicketState
    ended_at: datetime


class Tickets:
    """All tickets, over all servers."""

    def __init__(self, database: Database, *, privacy_key: bytes) -> None:
        self._database = database
        self._privacy_key = privacy_key
        self._rows = RowReader("tickets", _ticket)
        self._matched = self._rows.reading(_matched_ticket)
        self._ended = self._rows.reading(_ended_ticket)
        self._recent = self._rows.reading(_recent_ticket)
        self._expired = self._rows.reading(read_with_subject)
        self._states = self._rows.reading(lambda row: TicketState(row["state"]))

    async def start_waiting(self, ticket: Ticket, *, remembered: Wishes | None = None, moves: bool = False) -> None:
        """Add a ticket, and remember its wishes for the next search, or `remembered` instead.

        What was postponed in this server is forgotten. If it `moves`, it ends the member's ticket in another server.

        Raises AlreadyWaiting for a member who waits (so repeating it raises), InMatch for one with a live seat,
        BarredMeanwhile for one who is barred, RestrictedMeanwhile for one whom a restriction concerns, PoolUncertain
        for one who may belong to another pool, and NotAgreed for one who is to agree to the server's rules first.
        Then nothing is changed.
        """
        wishes = remembered or ticket.wishes
        statements = search_statements(ticket, wishes, self._privacy_key, moves=moves)
        try:
            await self._database.write(statements, notify=("tickets",))
        except UnexpectedRowCount as error:
            if error.statement == IS_RECOGNIZED:  # the member has deleted their data, and is here again
                await self._database.write(recognize_statements(self._privacy_key, ticket.member_id))
                await self.start_waiting(ticket, remembered=remembered, moves=moves)
                return
            refused = REFUSALS.get(error.statement, InMatch)
            raise refused(refused.__doc__) from error
        except UniqueViolation as error:
            waiting = await self._find_in_the_way(ticket)
            if waiting is not None:
                raise AlreadyWaiting(waiting) from error
            if error.constraint != ONE_WAITING_TICKET:
                raise
            # the ticket that was in the way has just ended
            await self.start_waiting(ticket, remembered=remembered, moves=moves)

    async def _find_in_the_way(self, ticket: Ticket) -> Ticket | None:
        """The ticket with which the member of `ticket` waits already; one that cannot be read is ended instead."""
        row = await self._database.one("tickets.find_by_member", member_id=ticket.member_id)
        try:
            return self._rows.read(row) if row else None
        except Unreadable:
            await self.stop_waiting(ticket.member_id, ticket.waiting_since)
            return None

    async def change_wishes(
        self,
        member_id: int,
        wishes: Wishes,
        *,
        server_id: int,
        expires_at: datetime,
        now: datetime,
        remembered: Wishes | None = None,
    ) -> Ticket | None:
        """Change a member's waiting ticket and what is remembered for the next search: `remembered`, else `wishes`.

        The place in the queue is kept.

        Returns the changed ticket, or None for a member who does not wait in this server.
        """
        values = {
            "member_id": member_id,
            "server_id": server_id,
            "wishes": encode(wishes),
            "subject": wishes.subject,
            "expires_at": to_ms(expires_at),
            "remembered": encode(remembered or wishes),
        }
        statements = [
            Statement(name="tickets.change_wishes", values=values),
            Statement(name="members.update_wishes", values=values),
            mark_search(member_id, now),
        ]
        [rows, *_] = await self._database.write(statements, notify=("tickets",))
        return self._rows.read_one(rows[0]) if rows else None

    async def stop_waiting(self, member_id: int, now: datetime) -> Ticket | None:
        """End the member's ticket and return it; None if the member does not wait, so repeating it returns None.

        Also ends a ticket that cannot be read, and returns None.
        """
        values = {"member_id": member_id, "now": to_ms(now)}
        statements = [Statement(name="tickets.stop_waiting", values=values), mark_search(member_id, now)]
        [rows, _] = await self._database.write(statements, notify=("outbox",))
        return self._rows.read_one(rows[0]) if rows else None

    async def find_by_member(self, member_id: int) -> Ticket | None:
        """The ticket with which a member waits, or None; also None if it cannot be read."""
        return self._rows.read_one(await self._database.one("tickets.find_by_member", member_id=member_id))

    async def find_last_ended(self, member_id: int) -> EndedTicket | None:
        """The ticket of a member that ended last; None for a member without one, or if it cannot be read."""
        return self._ended.read_one(await self._database.one("tickets.find_last_ended", member_id=member_id))

    async def find_by_seat(self, seat_id: str) -> MatchedTicket | None:
        """The ticket that became a seat; None for an unknown seat, or if it cannot be read."""
        row = await self._database.one("tickets.find_by_seat", seat_id=seat_id)
        return self._matched.read_one(row)

    async def find_state(self, ticket_id: str) -> TicketState | None:
        """The state of a ticket; None for an unknown one."""
        return self._states.read_one(await self._database.one("tickets.find_state", ticket_id=ticket_id))

    async def find_requeued(self, seat_id: str) -> TicketState | None:
        """What became of the search for which the member of this seat was requeued when its match fell through.

        None for a member who was not requeued.
        """
        return self._states.read_one(await self._database.one("tickets.find_requeued", seat_id=seat_id))

    async def waiting_versions(self, now: datetime) -> Mapping[str, int]:
        """The version of every ticket that waits in an open server which the bot has not left, by its id.

        Where pools are separated, only if Discord has put its member lately into the ticket's pool.
        """
        [row] = await self._database.all("tickets.waiting_versions", now=to_ms(now), told_after=told_after(now))
        return decode(row["versions"], dict[str, int])

    async def find_waiting(self, ids: Collection[str]) -> Sequence[Ticket]:
        """Those of these tickets that wait, the longest wait first."""
        return await self._read_many(await self._database.all("tickets.find_waiting", ids=encode(list(ids))))

    async def count_waiting_in(self, server_id: int) -> int:
        """How many members wait in a server."""
        [row] = await self._database.all("tickets.count_waiting_in", server_id=server_id)
        return int(row["members"])

    async def recently_ended(self, since: datetime, *, limit: int) -> Sequence[Ticket]:
        """The last `limit` tickets, over all pools, that were opened after `since` and no longer wait; oldest first.

        Tickets of requeued members are left out.
        """
        rows = await self._database.all("tickets.recently_ended", since=to_ms(since), limit=limit)
        return await self._read_many(rows[::-1])

    async def recent_in_pool(self, pool: str, since: datetime, *, limit: int) -> Sequence[RecentTicket]:
        """The last `limit` tickets of a pool that were opened after `since`, in any state; oldest first.

        Tickets of requeued members are left out.
        """
        rows = await self._database.all("tickets.recent_in_pool", pool=pool, since=to_ms(since), limit=limit)
        return self._recent.read_all(reversed(rows))

    async def find_expired(self, now: datetime) -> Sequence[Ticket]:
        """The waiting tickets whose `expires_at` has passed, with no wish but the subject."""
        return self._expired.read_all(await self._database.all("tickets.find_expired", now=to_ms(now)))

    async def let_unreadable_expire(self, now: datetime) -> None:
        """Set `expires_at` of every waiting ticket that cannot be read to `now`: nobody can be matched with it."""
        rows = await self._database.all("tickets.all_waiting")
        _, unreadable = await asyncio.to_thread(self._rows.split, rows)
        if unreadable:
            values = {"ids": encode([row["id"] for row in unreadable]), "now": to_ms(now)}
            await self._database.write([Statement(name="tickets.let_expire", values=values)], notify=("tickets",))

    async def expire(self, ticket: Ticket, *, now: datetime, messages: Sequence[NewMessage], fence: Fence) -> bool:
        """End a ticket whose `expires_at` has passed, and write `messages`.

        False if it has ended already or `expires_at` was moved. Raises LostLease.
        """
        ended = Statement(name="tickets.expire", values={"id": ticket.id, "now": to_ms(now)}, expect_rows=1)
        statements = [ended, mark_search(ticket.member_id, now), *map(insert_message, messages)]
        return await write_fenced(self._database, fence, now, statements, notify=("outbox",))

    async def _read_many(self, rows: Sequence[Row]) -> Sequence[Ticket]:
        """In a thread: reading five thousand tickets takes 50 ms, which would block the event loop."""
        return await asyncio.to_thread(self._rows.read_all, rows)

    async def find_pause_changed(self, *, paused: bool, limit: int) -> Sequence[Ticket]:
        """Up to `limit` tickets that wait in a server that was closed (`paused`) or opened since this was recorded."""
        rows = await self._database.all("tickets.find_pause_changed", open=int(not paused), limit=limit)
        return await self.find_waiting([row["id"] for row in rows])

    async def record_pause(
        self, ticket: Ticket, *, paused: bool, now: datetime, messages: Sequence[NewMessage] = ()
    ) -> bool:
        """Record that the member's server was closed (`paused`) or opened, and write `messages`.

        False if it was recorded before or the ticket has ended.
        """
        values = {"id": ticket.id, "paused": int(paused)}
        statements = [
            Statement(name="tickets.record_pause", values=values, expect_rows=1),
            mark_search(ticket.member_id, now),
            *map(insert_message, messages),
        ]
        try:
            await self._database.write(statements, notify=("outbox",))
        except UnexpectedRowCount:
            return False
        return True


def spend_ticket(ticket: Ticket, pool: str, now: datetime) -> Statement:
    """The statement that turns a ticket into a seat; it fails unless it still waits, in this version and `pool`."""
    values = {"id": ticket.id, "version": ticket.version, "pool": pool, "now": to_ms(now)}
    return Statement(name="tickets.spend", values=values, expect_rows=1)


def requeue_ticket(ticket: Ticket, match_id: str, now: datetime) -> Statement:
    """The statement that requeues a member of a match.

    It does nothing for a member who has left that match, also by deleting their data, waits already, has another live
    seat, or is restricted.
    """
    return Statement(name="tickets.requeue", values={**ticket_values(ticket), "match_id": match_id, "now": to_ms(now)})


def _ticket(row: Row) -> Ticket:
    return _ticket_with(row, decode(row["wishes"], Wishes))


def read_with_subject(row: Row) -> Ticket:
    """A ticket from a row whose wishes may not be readable: only the subject counts, which has a column of its own."""
    return _ticket_with(row, Wishes(subject=row["subject"]))


def _matched_ticket(row: Row) -> MatchedTicket:
    return MatchedTicket(ticket=_ticket(row), ended_at=from_ms(int(row["ended_at"])))


def _ended_ticket(row: Row) -> EndedTicket:
    return EndedTicket(ticket=_ticket(row), state=TicketState(row["state"]), ended_at=from_ms(int(row["ended_at"])))


def _recent_ticket(row: Row) -> RecentTicket:
    return RecentTicket(ticket=_ticket(row), is_waiting=row["state"] == TicketState.WAITING)


def _ticket_with(row: Row, wishes: Wishes) -> Ticket:
    return Ticket(
        id=row["id"],
        member_id=row["member_id"],
        server_id=row["server_id"],
        pool=row["pool"],
        name=row["name"],
        wishes=wishes,
        waiting_since=from_ms(int(row["waiting_since"])),
        expires_at=from_ms(int(row["expires_at"])),
        front=bool(row["front"]),
        locale=row["locale"],
        version=row["version"],
    )
