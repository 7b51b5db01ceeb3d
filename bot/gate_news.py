"""Gate news: tells those who asked for it that a server's gate is open for them."""

from typing import Final

from bot.clock import Clock, new_id
from bot.domain.gate import opens_at
from bot.domain.message import MessageKind
from bot.store.gate_reminders import GateReminder, GateReminders
from bot.store.outbox import NewMessage
from bot.store.servers import Servers

REMINDERS_AT_ONCE: Final = 100


class GateNews:
    """Runs under the janitor's lease; each message is written once, whoever runs it."""

    def __init__(self, *, reminders: GateReminders, servers: Servers, clock: Clock) -> None:
        self._reminders = reminders
        self._servers = servers
        self._clock = clock

    async def tell_whose_gate_is_open(self) -> None:
        """Write a message for each reminder that is due. One whose gate opens later by now waits for that."""
        now = self._clock.now()
        for reminder in await self._reminders.find_due(now, limit=REMINDERS_AT_ONCE):
            server = await self._servers.get(reminder.server_id)
            if server is None:
                await self._reminders.settle(reminder)
                continue
            opens = reminder.due_at
            if server.gate is not None:
                opens = opens_at(server.gate, member_id=reminder.member_id, joined_at=reminder.joined_at)
            if opens > now:
                await self._reminders.postpone(reminder, opens)
            else:
                await self._reminders.settle(reminder, [self._message(reminder)])

    def _message(self, reminder: GateReminder) -> NewMessage:
        return NewMessage(
            id=new_id(self._clock),
            kind=MessageKind.GATE_OPEN,
            member_id=reminder.member_id,
            due_at=reminder.due_at,
            server_id=reminder.server_id,
            locale=reminder.locale,
        )
