"""Blocks: which members never want to meet which others."""

from collections.abc import Collection, Sequence
from datetime import datetime

from bot.domain.pseudonym import pseudonym_of
from bot.store.codec import encode
from bot.store.database import Database, Row, Statement, UnexpectedRowCount
from bot.store.leaving import TOPICS, leave_statements
from bot.store.stale import mark_seat
from bot.store.times import to_ms


class Blocks:
    """All blocks, over all servers. Members who have deleted their data are found by their pseudonym."""

    def __init__(self, database: Database, *, privacy_key: bytes) -> None:
        self._database = database
        self._privacy_key = privacy_key

    async def add(self, blocker_id: int, blocked_id: int, now: datetime) -> bool:
        """Block. A seat that the blocker has in a match with the blocked member is left for good, at once.

        For everybody else that is an ordinary leave. Returns whether there was such a seat; so repeating it returns
        False.
        """
        while True:
            seat = await self._find_seat_beside(blocker_id, blocked_id)
            keep = Statement(name="reports.keep_block", values={"reporter_id": blocker_id, "reported_id": blocked_id})
            statements = [*block_statements(blocker_id, blocked_id, seat, now), keep]
            try:
                await self._database.write(statements, notify=(*TOPICS, "tickets"))
            except UnexpectedRowCount:
                continue  # a match began or the seat was left after we looked: look again
            return is_live(seat)

    async def _find_seat_beside(self, member_id: int, partner_id: int) -> Row | None:
        return await find_seat_beside(self._database, member_id, partner_id)

    async def remove(self, blocker_id: int, blocked_id: int) -> bool:
        """Remove a member's own block. False if there was none."""
        statements = unblock_statements(self._privacy_key, blocker_id, blocked_id)
        [rows, _] = await self._database.write(statements, notify=("tickets",))
        return bool(rows)

    async def blocked_by(self, blocker_id: int) -> Sequence[int]:
        """The ids of the members whom `blocker_id` has blocked, the newest block first."""
        return [row["blocked_id"] for row in await self._database.all("blocks.blocked_by", blocker_id=blocker_id)]

    async def find_with_waiting(self, member_ids: Collection[int]) -> frozenset[tuple[int, int]]:
        """Blocker and blocked of every block between one of these members and somebody who waits."""
        rows = await self._database.all("blocks.find_with_waiting", member_ids=encode(list(member_ids)))
        return frozenset((row["blocker_id"], row["blocked_id"]) for row in rows)


async def find_seat_beside(database: Database, member_id: int, partner_id: int) -> Row | None:
    """The seat of a member in a live match with a partner, given up or not."""
    return await database.one("seats.find_beside", member_id=member_id, partner_id=partner_id)


def is_live(seat: Row | None) -> bool:
    """Whether what `find_seat_beside` has found is a seat that was not given up."""
    return seat is not None and bool(seat["live"])


def block_statements(blocker_id: int, blocked_id: int, seat: Row | None, now: datetime) -> Sequence[Statement]:
    """The statements of a block; the list fails if the blocker's `seat` beside the other has changed meanwhile."""
    values = {"blocker_id": blocker_id, "blocked_id": blocked_id, "now": to_ms(now)}
    pair = {"member_id": blocker_id, "partner_id": blocked_id}
    return [
        Statement(name="blocks.add", values=values),
        *(leave_statements(seat["id"], now, for_good=True) if seat and is_live(seat) else ()),
        Statement(name="blocks.no_seat_beside", values=values, expect_rows=1),
        Statement(name="seats.stay_away", values=pair),
        *([mark_seat(now, seat["id"])] if seat else ()),
        _reconsider(blocker_id),
    ]


def unblock_statements(privacy_key: bytes, blocker_id: int, blocked_id: int) -> Sequence[Statement]:
    """The statements that remove a block; the first returns a row if there was one."""
    values = {
        "blocker_id": blocker_id,
        "blocker_pseudonym": pseudonym_of(privacy_key, blocker_id),
        "blocked_id": blocked_id,
        "blocked_pseudonym": pseudonym_of(privacy_key, blocked_id),
    }
    return [Statement(name="blocks.remove", values=values), _reconsider(blocker_id)]


def _reconsider(member_id: int) -> Statement:
    """The statement that makes the matchmaker read again whom a waiting member can meet."""
    return Statement(name="tickets.reconsider", values={"member_id": member_id})
