"""Browser sessions: browsers that have redeemed an invitation. Only the hashes of their cookies are stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.browser_session import ABSOLUTE_LIFETIME, IDLE_LIFETIME, READ_ONLY_LIFETIME, BrowserSessionState
from bot.domain.match import UNDO_FOR
from bot.domain.membership import UNTIL_TOLD_OTHERWISE
from bot.store.database import Database, Row, Statement, UnexpectedRowCount, UniqueViolation
from bot.store.leaving import TOPICS, leave_statements
from bot.store.matches import Matches
from bot.store.outbox import NewMessage, insert_message
from bot.store.presence import presence_changed
from bot.store.rows import RowReader
from bot.store.seats import SeatInMatch
from bot.store.stale import mark_match
from bot.store.times import from_ms, to_ms

TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class BrowserSession:
    """A session with the current state of its seat."""

    id: str
    seat_id: str
    state: BrowserSessionState
    seat: SeatInMatch


class BrowserSessions:
    """All sessions, and leaving a seat, which ends its session."""

    def __init__(self, database: Database, matches: Matches) -> None:
        self._database = database
        self._matches = matches
        self._rows = RowReader("browser_sessions", lambda row: BrowserSessionState(row["state"]))

    async def find_by_cookie(self, cookie_hash: bytes, now: datetime) -> BrowserSession | None:
        """The session of a cookie; None if it is unknown, cannot be read, or is past its idle or absolute lifetime."""
        row = await self._database.one("browser_sessions.find_by_cookie", cookie_hash=cookie_hash)
        state = self._rows.reading(lambda row: _state(row, now)).read_one(row)
        if row is None or state is None:
            return None
        seat = await self._matches.find_by_seat(row["seat_id"])
        if seat is None:
            return None
        return BrowserSession(id=row["id"], seat_id=row["seat_id"], state=state, seat=seat)

    async def touch(self, session_id: str, now: datetime) -> None:
        """Record a request of this session, at most once in `TOUCH_EVERY`."""
        values = {"id": session_id, "now": to_ms(now), "seen_before": to_ms(now - TOUCH_EVERY)}
        await self._database.write([Statement(name="browser_sessions.touch", values=values)])

    async def leave_seat(
        self, seat_id: str, now: datetime, messages: Sequence[NewMessage] = (), *, for_good: bool = False
    ) -> bool:
        """Give up a seat and write `messages`: its links end, its session becomes read-only, the member is removed
        from the room. `for_good` means that it cannot be undone.

        False if it was given up before or the match has ended; so repeating it returns False.
        """
        statements = [*leave_statements(seat_id, now, for_good=for_good), *map(insert_message, messages)]
        try:
            await self._database.write(statements, notify=TOPICS)
        except UnexpectedRowCount:
            return False
        return True

    async def undo_leaving(self, seat_id: str, now: datetime) -> bool:
        """Undo leaving: session or link work again, and the member is not removed from the room.

        If they are in there still, they count as present at once.

        False if it is too late or was for good, the match has ended, the seat was not left, or the member waits, has
        another seat or is barred from the server.
        """
        row = await self._database.one("seats.find_left", seat_id=seat_id)
        if row is None:
            return False
        values = {
            "seat_id": seat_id,
            "now": to_ms(now),
            "left_at": row["left_at"],
            "left_after": to_ms(now - UNDO_FOR),
            "barred_at_most": to_ms(UNTIL_TOLD_OTHERWISE),
        }
        statements = [
            Statement(name="seats.take_back", values=values, expect_rows=1),
            Statement(name="browser_sessions.reactivate", values=values),
            Statement(name="invitations.reopen_by_seat", values=values),
            Statement(name="room_orders.cancel_by_seat", values=values),
            Statement(name="matches.seat_changed", values=values),
            *presence_changed(row["room_name"], now),
            mark_match(now, seat_id=seat_id),
        ]
        try:
            await self._database.write(statements, notify=("outbox",))
        except (UnexpectedRowCount, UniqueViolation):
            return False
        return True


def _state(row: Row, now: datetime) -> BrowserSessionState | None:
    """The state at `now`, or None for a session past its idle or absolute lifetime."""
    state = BrowserSessionState(row["state"])
    ended_at = from_ms(row["ended_at"])
    if now >= from_ms(int(row["created_at"])) + ABSOLUTE_LIFETIME:
        return None
    if (
        state is BrowserSessionState.ACTIVE
        and row["sid"] is None
        and now >= from_ms(int(row["seen_at"])) + IDLE_LIFETIME
    ):
        return None
    if state is BrowserSessionState.READ_ONLY and ended_at is not None and now >= ended_at + READ_ONLY_LIFETIME:
        return BrowserSessionState.ENDED
    return state
