"""Reminders: who wants to hear when a server's gate opens for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.store.database import Database, Row, Statement, UnexpectedRowCount, Value
from bot.store.outbox import NewMessage, insert_message
from bot.store.rows import RowReader
from bot.store.times import from_ms, to_ms


@dataclass(frozen=True, kw_only=True, slots=True)
class GateReminder:
    """A member who joined the server at `joined_at` and wants to hear at `due_at` that its gate is open for them."""

    server_id: int
    member_id: int
    joined_at: datetime
    locale: str
    due_at: datetime


class GateReminders:
    """One for each member of a server; it goes when they are told, or have left the server."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = RowReader("gate_reminders", _gate_reminder, key="member_id")

    async def save(self, reminder: GateReminder) -> None:
        """Store a reminder, replacing the member's former one. Repeating it changes nothing."""
        values = {**_key(reminder), "joined_at": to_ms(reminder.joined_at), "locale": reminder.locale}
        await self._database.write([Statement(name="gate_reminders.save", values=values)])

    async def find_due(self, now: datetime, *, limit: int) -> Sequence[GateReminder]:
        """Up to `limit` reminders that are due, the earliest first."""
        return self._rows.read_all(await self._database.all("gate_reminders.find_due", now=to_ms(now), limit=limit))

    async def postpone(self, reminder: GateReminder, due_at: datetime) -> None:
        """Let a reminder be due later, unless it is settled or has changed."""
        values = {**_key(reminder), "opens_at": to_ms(due_at)}
        await self._database.write([Statement(name="gate_reminders.postpone", values=values)])

    async def settle(self, reminder: GateReminder, messages: Sequence[NewMessage] = ()) -> bool:
        """Forget a reminder, and write `messages`. False, and nothing is written, if it is settled or has changed."""
        settled = Statement(name="gate_reminders.settle", values=_key(reminder), expect_rows=1)
        try:
            await self._database.write([settled, *map(insert_message, messages)], notify=("outbox",))
        except UnexpectedRowCount:
            return False
        return True


def _key(reminder: GateReminder) -> dict[str, Value]:
    return {"server_id": reminder.server_id, "member_id": reminder.member_id, "due_at": to_ms(reminder.due_at)}


def _gate_reminder(row: Row) -> GateReminder:
    return GateReminder(
        server_id=row["server_id"],
        member_id=row["member_id"],
        joined_at=from_ms(int(row["joined_at"])),
        locale=row["locale"],
        due_at=from_ms(int(row["due_at"])),
    )
