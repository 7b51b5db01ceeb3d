"""Matches and their seats: creating, reading and ending them."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.match import (
    ANOTHER_AFTER,
    EMPTY_ROOM_ENDS_AFTER,
    MET_AFTER,
    NO_SHOW_AFTER,
    REMINDER_AFTER,
    UNDO_FOR,
    EndReason,
)
from bot.domain.ticket import Ticket
from bot.store.database import Database, Statement, UnexpectedRowCount, UniqueViolation
from bot.store.leases import Fence, write_fenced
from bot.store.match_end import end_statements, end_unreadable_statements, meeting_limits
from bot.store.new_match import NewMatch, NewSeat, match_statements
from bot.store.outbox import NewMessage, insert_message
from bot.store.rows import RowReader
from bot.store.seats import Match, Seat, SeatAddress, SeatInMatch, read_addresses, read_seat_in_match
from bot.store.tickets import requeue_ticket
from bot.store.times import EPOCH, MILLISECOND, from_ms, to_ms

__all__ = ["Match", "Matches", "NewMatch", "NewSeat", "Seat", "SeatInMatch"]


class Matches:
    """All matches. One that cannot be read is left out everywhere, until `end_unreadable` ends it."""

    def __init__(self, database: Database, *, privacy_key: bytes) -> None:
        self._database = database
        self._privacy_key = privacy_key
        self._rows = RowReader("matches", read_seat_in_match)
        self._ends = self._rows.reading(lambda row: from_ms(int(row["ended_at"])))

    async def create(self, new: NewMatch, *, fence: Fence) -> bool:
        """Turn two waiting tickets into a match with seats, invitations and messages, all or nothing.

        False if in the meantime a ticket has ended or changed, a member got another seat, one blocked the other, or a
        match of theirs came to nothing; so repeating it returns False. Raises LostLease.
        """
        try:
            statements = match_statements(new, self._privacy_key)
            return await write_fenced(self._database, fence, new.created_at, statements, notify=("outbox",))
        except UniqueViolation:
            return False

    async def find_by_member(self, member_id: int) -> SeatInMatch | None:
        """The live seat of a member, or None: the match has not ended and they have not left it."""
        return await self._find_one("matches.find_by_member", member_id=member_id)

    async def find_by_seat(self, seat_id: str) -> SeatInMatch | None:
        """A seat in any state; None for an unknown id."""
        return await self._find_one("matches.find_by_seat", seat_id=seat_id)

    async def find_latest_by_member(self, member_id: int) -> SeatInMatch | None:
        """The newest seat of a member, live or not; None for a member who was never matched."""
        return await self._find_one("matches.find_latest_by_member", member_id=member_id)

    async def end(
        self,
        match_id: str,
        reason: EndReason,
        *,
        now: datetime,
        messages: Sequence[NewMessage] = (),
        requeue: Sequence[Ticket] = (),
    ) -> bool:
        """End a match: seats, links and sessions end, the room is ordered closed, members in `requeue` are requeued.

        False if `reason` does not end a match in this state (so repeating it returns False) or no longer
        applies: DECLINED needs a seat that can no longer be taken back, REPLACED that nobody has come but members in
        `requeue`, DONE the conditions of `finished_meetings`. Who has left gets no message and is not requeued.
        """
        statements = [
            *end_statements(match_id, reason, now, [ticket.member_id for ticket in requeue]),
            *map(insert_message, messages),
            *(requeue_ticket(ticket, match_id, now) for ticket in requeue),
        ]
        try:
            await self._database.write(statements, notify=("room_orders", "outbox", "tickets"))
        except UnexpectedRowCount:
            return False
        return True

    async def find_unreadable(self) -> Sequence[tuple[SeatAddress, SeatAddress]]:
        """The two seats of each live match that cannot be read. Reads all that are live."""
        rows = await self._database.all("matches.all_live")
        _, unreadable = await asyncio.to_thread(self._rows.split, rows)
        return [read_addresses(row) for row in unreadable]

    async def end_unreadable(self, match_id: str, *, now: datetime, messages: Sequence[NewMessage]) -> bool:
        """End a match whose row cannot be read, as `end` does. False if it has ended, so repeating it returns False."""
        statements = [*end_unreadable_statements(match_id, now), *map(insert_message, messages)]
        try:
            await self._database.write(statements, notify=("room_orders", "outbox"))
        except UnexpectedRowCount:
            return False
        return True

    async def record_reminder(self, match_id: str, *, now: datetime, messages: Sequence[NewMessage]) -> bool:
        """Write the reminders of a match; False if they were written before or the match is no longer inviting."""
        values = {"match_id": match_id, "now": to_ms(now)}
        reminded = Statement(name="matches.record_reminder", values=values, expect_rows=1)
        try:
            await self._database.write([reminded, *map(insert_message, messages)], notify=("outbox",))
        except UnexpectedRowCount:
            return False
        return True

    async def seats_to_remind(self, now: datetime, enterable_since: datetime = EPOCH) -> Sequence[SeatInMatch]:
        """The seats that are due for a reminder: never entered, in a match that nobody has left.

        Rooms can be entered since `enterable_since`. The time before does not count, here and below.
        """
        before = _long_ago(now, REMINDER_AFTER, enterable_since)
        return await self._find_all("matches.seats_to_remind", created_before=to_ms(before))

    async def no_shows(self, now: datetime, enterable_since: datetime = EPOCH) -> Sequence[SeatInMatch]:
        """One seat of each match in which the two members were not in the room together in time."""
        before = _long_ago(now, NO_SHOW_AFTER, enterable_since)
        return await self._find_all("matches.no_shows", created_before=to_ms(before))

    async def no_shows_of(self, member_id: int, since: datetime, now: datetime) -> Sequence[datetime]:
        """When the matches between `since` and `now` ended to which this member was called and did not come."""
        values = {"member_id": member_id, "since": to_ms(since), "now": to_ms(now)}
        missing_for = ANOTHER_AFTER // MILLISECOND
        rows = await self._database.all("matches.no_shows_of", **values, missing_for=missing_for)
        return self._ends.read_all(rows)

    async def left_before_meeting(self, now: datetime) -> Sequence[SeatInMatch]:
        """The seats that were left before the meeting began and can no longer be taken back."""
        return await self._find_all("matches.left_before_meeting", left_before=to_ms(now - UNDO_FOR))

    async def finished_meetings(self, now: datetime, enterable_since: datetime = EPOCH) -> Sequence[str]:
        """The ids of meetings that are over: both have left, the room has been empty for a while, or the time is up."""
        empty_before = _long_ago(now, EMPTY_ROOM_ENDS_AFTER, enterable_since)
        limits = {**meeting_limits(now), "empty_before": to_ms(empty_before)}
        rows = await self._database.all("matches.finished_meetings", **limits)
        return [row["id"] for row in rows]

    async def find_to_check_in(self, match_id: str, now: datetime) -> Sequence[SeatInMatch]:
        """The seats of a meeting whose two members have met, without those who have blocked or reported the other."""
        together_before = to_ms(now - MET_AFTER)
        return await self._find_all("matches.find_to_check_in", match_id=match_id, together_before=together_before)

    async def _find_one(self, query: str, **values: int | str) -> SeatInMatch | None:
        return self._rows.read_one(await self._database.one(query, **values))

    async def _find_all(self, query: str, **values: int | str) -> Sequence[SeatInMatch]:
        return self._rows.read_all(await self._database.all(query, **values))


def _long_ago(now: datetime, span: timedelta, enterable_since: datetime) -> datetime:
    """The time `span` ago if rooms could be entered all the while, otherwise one before every match."""
    before = now - span
    return before if enterable_since <= before else EPOCH
