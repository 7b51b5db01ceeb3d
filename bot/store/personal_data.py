"""What is kept about one member: read for them, deleted, and what outlived the deletion found again.

A deletion is one transaction. Whatever a process was writing at that moment is deleted a little later, by a row that
survives any restart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bot.domain.pseudonym import pseudonym_of
from bot.domain.statistics import DAY
from bot.store.codec import decode
from bot.store.database import Database, Row, Statement, UnexpectedRowCount
from bot.store.leaving import leave_statements
from bot.store.personal_tables import PERSONAL, Shape
from bot.store.recognition import IS_RECOGNIZED, recognize_statements
from bot.store.retention import ABSENT_KEPT_FOR
from bot.store.rows import UNREADABLE
from bot.store.stale import mark_partners
from bot.store.times import EPOCH, MILLISECOND, from_ms, to_ms

MOST_ROWS: Final = 2_000
"""Of each table: more than anybody makes who studies, and few enough for a file that Discord takes."""

ERASED_AGAIN_AFTER: Final = timedelta(seconds=30)
"""By then whatever was in progress during a deletion has been written."""

DELETIONS_AT_ONCE: Final = 20
TOPICS: Final = ("tickets", "room_orders", "outbox")

NO_LIVE_SEAT = "seats.none_live"
IS_AWAY = ("tickets.none_of_member", "interactions.none_since", NO_LIVE_SEAT)

Entry = Mapping[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonalCopy:
    """What is kept about a member: by table, the newest entries first. `cut`: tables that have more entries."""

    tables: Mapping[str, Sequence[Entry]]
    cut: Sequence[str]


class PersonalData:
    """Everything about one member, over all tables."""

    def __init__(self, database: Database, *, privacy_key: bytes) -> None:
        self._database = database
        self._privacy_key = privacy_key

    async def read(self, member_id: int, now: datetime) -> PersonalCopy:
        """What is kept about a member; no tables for one of whom nothing is.

        Of other members it has what this one has seen of them, and nothing of those who blocked or reported them. What
        cannot be read is left out of its entry.
        """
        values = {
            "member_id": member_id,
            "pseudonym": pseudonym_of(self._privacy_key, member_id),
            "now": to_ms(now),
            "limit": MOST_ROWS + 1,
            "day_length": DAY // MILLISECOND,
        }
        found = {name: await self._database.all(table.export, **values) for name, table in PERSONAL.items()}
        return PersonalCopy(
            tables={
                name: [_entry(row, PERSONAL[name].columns) for row in rows[:MOST_ROWS]]
                for name, rows in found.items()
                if rows
            },
            cut=[name for name, rows in found.items() if len(rows) > MOST_ROWS],
        )

    async def erase(self, member_id: int, *, nobody: int, now: datetime) -> None:
        """Delete what is kept about a member, all of it or nothing.

        A search ends, and a live seat is left for good, which for the partner is an ordinary leave. Blocks,
        restrictions, and seats with the searches that led to them stay under the member's pseudonym; other searches
        stay because they are counted, as those of `nobody`, a number that names no member. Repeating it deletes what
        has come since.
        """
        while True:
            seats = await self._database.all("seats.find_live", member_id=member_id)
            statements = [
                Statement(name="tickets.stop_waiting", values={"member_id": member_id, "now": to_ms(now)}),
                *(each for seat in seats for each in leave_statements(seat["id"], now, for_good=True)),
                Statement(name=NO_LIVE_SEAT, values={"member_id": member_id}, expect_rows=1),
                mark_partners(member_id, now),
                *self._erase_statements(member_id, nobody, now),
                Statement(name="deletions.add", values={"member_id": member_id, "now": to_ms(now)}),
            ]
            try:
                await self._database.write(statements, notify=TOPICS)
            except UnexpectedRowCount:
                continue  # a match has begun, or the seat was left, after we looked
            return

    async def finish_erasing(self, *, nobody: int, now: datetime) -> None:
        """Delete what was being written about members while they deleted their data, unless they are here again."""
        values = {"before": to_ms(now - ERASED_AGAIN_AFTER), "now": to_ms(now), "limit": DELETIONS_AT_ONCE}
        for row in await self._database.all("deletions.find_due", **values):
            member = {"member_id": row["member_id"], "deleted_at": row["deleted_at"]}
            finished = Statement(name="deletions.finish", values=member)
            is_away = [Statement(name=name, values=member, expect_rows=1) for name in IS_AWAY]
            try:
                again = self._erase_statements(row["member_id"], nobody, now)
                await self._database.write([*is_away, *again, finished])
            except UnexpectedRowCount:
                await self._database.write([finished])

    async def recognize(self, member_id: int) -> None:
        """Give a member who has deleted their data, and is here again, what has outlived that. Changes nothing else."""
        pseudonym = pseudonym_of(self._privacy_key, member_id)
        if await self._database.one(IS_RECOGNIZED, pseudonym=pseudonym) is None:
            await self._database.write(recognize_statements(self._privacy_key, member_id), notify=("tickets",))

    def _erase_statements(self, member_id: int, nobody: int, now: datetime) -> Sequence[Statement]:
        pseudonym = pseudonym_of(self._privacy_key, member_id)
        values = {
            "member_id": member_id,
            "pseudonym": pseudonym,
            "former_id": member_id,
            "latter_id": pseudonym,
            "nobody": nobody,
            "counts_since": to_ms(now - ABSENT_KEPT_FOR),
        }
        return [Statement(name=name, values=values) for table in PERSONAL.values() for name in table.erase]


def _entry(row: Row, columns: Mapping[str, Shape]) -> Entry:
    return {name: _written(row[name], shape) for name, shape in columns.items()}


def _written(value: Any, shape: Shape) -> object:  # noqa: ANN401 -- a value of any column
    """A stored value as a copy has it; None for one that cannot be read."""
    try:
        return None if value is None else _written_as(shape, value)
    except UNREADABLE:
        return None


def _written_as(shape: Shape, value: Any) -> object:  # noqa: ANN401 -- the same
    match shape:
        case Shape.ID:
            return str(value)
        case Shape.TIME:
            return from_ms(value).isoformat(timespec="seconds")
        case Shape.DAY:
            return (EPOCH + value * DAY).date().isoformat()
        case Shape.FLAG:
            return bool(value)
        case Shape.DATA:
            return decode(value, object)
        case Shape.AS_IS:
            return value
