"""`heybuddy run` in a process that is hit by a signal at a chosen point; started by a fork, with everything imported.

The process hits itself, so the point is always the same. Nothing of this is in the product: methods are wrapped.
"""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import bot.assemble
from bot.__main__ import main
from bot.chat.deliver import MessageDelivery
from bot.domain.message import MessageKind
from bot.store.database import Statement
from bot.store.databases import sqlite_connection
from bot.store.databases.postgres_writer import PostgresWriter
from bot.store.databases.sqlite import SqliteDatabase
from bot.store.databases.write_queue import WriteList
from bot.store.matches import Matches
from bot.store.outbox import Outbox
from bot.store.reports import Reports
from bot.store.tickets import Tickets
from tests.faults.moved_clock import MovedClock

Method = Callable[..., Awaitable[Any]]
TURNS_UNTIL_SENT = 5
"""Of the event loop; asyncpg needs two or three before a question is in the socket."""


class Point(Enum):
    """A moment on the way from ticket to message, or from report to alert."""

    TICKET_WRITTEN = "after the ticket's commit"
    MATCH_CHOSEN = "before the match is written"
    MATCH_UNCOMMITTED = "before the match's commit"
    MATCH_WRITTEN = "after the match's commit"
    MESSAGE_UNSENT = "before a message is sent"
    MESSAGE_SENT = "after a message is sent"  # Discord has it, and nobody has read its answer
    MESSAGE_UNRECORDED = "after Discord's answer, before it is recorded"
    REPORT_UNCOMMITTED = "before the report's commit"
    REPORT_WRITTEN = "after the report's commit"
    ALERT_UNSENT = "before staff are told"
    ALERT_UNRECORDED = "after staff are told, before it is recorded"


@dataclass(kw_only=True)
class Strike:
    """Send `number` to this process when it comes to `point` for the `occurrence`th time, from 1.

    SIGSTOP waits for the end of a write that is under way: who freezes within one keeps SQLite locked for everybody.
    """

    point: Point
    occurrence: int
    number: signal.Signals
    passed: int = field(default=0, init=False)
    opened: list[SqliteDatabase] = field(default_factory=list, init=False)

    def hit(self) -> None:
        self.passed += 1
        if self.passed == self.occurrence:
            signal.pthread_kill(threading.get_ident(), self.number)  # so that this thread does not run on meanwhile

    async def _hit_from_task(self) -> None:
        if self.number is signal.SIGSTOP and self.opened:
            await self.opened[0]._writer._execute(self.hit)  # type: ignore[no-untyped-call]  # in the thread that writes
        else:
            self.hit()

    def _remember_database(self) -> None:
        original, opened = SqliteDatabase.__aenter__, self.opened

        async def wrapped(database: SqliteDatabase) -> SqliteDatabase:
            opened.append(database)
            return await original(database)

        patch.object(SqliteDatabase, "__aenter__", wrapped).start()

    def arm(self) -> None:
        """Wrap what passes the point; that Discord has taken a message is seen at Discord's side."""
        self._remember_database()
        wrap = {
            Point.TICKET_WRITTEN: partial(self._hit_after, Tickets, "start_waiting"),
            Point.MATCH_CHOSEN: partial(self._hit_before, Matches, "create"),
            Point.MATCH_UNCOMMITTED: partial(self._hit_before_commit, "matches.create"),
            Point.MATCH_WRITTEN: partial(self._hit_after, Matches, "create"),
            Point.MESSAGE_UNSENT: partial(self._hit_before, MessageDelivery, "deliver"),
            Point.MESSAGE_UNRECORDED: partial(self._hit_before, Outbox, "mark_sent"),
            Point.REPORT_UNCOMMITTED: partial(self._hit_before_commit, "reports.add"),
            Point.REPORT_WRITTEN: partial(self._hit_after, Reports, "file"),
            Point.ALERT_UNSENT: partial(self._hit_before, MessageDelivery, "deliver", MessageKind.STAFF_ALERT),
            Point.ALERT_UNRECORDED: partial(self._hit_before, Outbox, "mark_sent", MessageKind.STAFF_ALERT),
        }
        wrap[self.point]()

    def _hit_before_commit(self, statement: str) -> None:
        self._hit_within_transaction(statement)
        self._hit_once_sent(statement)

    def _hit_before(self, owner: type, name: str, kind: MessageKind | None = None) -> None:
        """With `kind`, only where it is given a message of that kind."""
        original: Method = getattr(owner, name)

        async def wrapped(owned: Any, *arguments: Any, **named: Any) -> Any:
            if kind is None or arguments[0].kind is kind:
                await self._hit_from_task()
            return await original(owned, *arguments, **named)

        patch.object(owner, name, wrapped).start()

    def _hit_after(self, owner: type, name: str) -> None:
        original: Method = getattr(owner, name)

        async def wrapped(*arguments: Any, **named: Any) -> Any:
            result = await original(*arguments, **named)
            await self._hit_from_task()
            return result

        patch.object(owner, name, wrapped).start()

    def _hit_within_transaction(self, statement: str) -> None:
        """Once every statement of a list with this one has been carried out, and before its commit."""
        original = sqlite_connection._in_savepoint

        def wrapped(connection: Any, statements: Sequence[Statement], sql: Mapping[str, str]) -> Any:
            outcome = original(connection, statements, sql)
            if any(each.name == statement for each in statements):
                self.hit()
            return outcome

        patch.object(sqlite_connection, "_in_savepoint", wrapped).start()

    def _hit_once_sent(self, statement: str) -> None:
        """Once a list with this statement is on its way to PostgreSQL, and before its answer."""
        original: Method = PostgresWriter.write

        async def wrapped(writer: PostgresWriter, batch: Sequence[WriteList]) -> Any:
            writing = asyncio.ensure_future(original(writer, batch))
            if any(each.name == statement for write in batch for each in write.statements):
                for _ in range(TURNS_UNTIL_SENT):
                    await asyncio.sleep(0)
                self.hit()
            return await writing

        patch.object(PostgresWriter, "write", wrapped).start()


def run_bot(
    environment: Mapping[str, str], arguments: Sequence[str], log: Path, clock: Path | None, strike: Strike | None
) -> None:
    """The whole life of the process; `arguments` are those of `heybuddy run`."""
    with log.open("ab") as opened:
        os.dup2(opened.fileno(), sys.stderr.fileno())
    os.environ.clear()
    os.environ.update(environment)
    if strike is not None:
        strike.arm()
    if clock is not None:
        moved = MovedClock(clock)
        patch.object(bot.assemble, "SystemClock", lambda: moved).start()
    sys.exit(main(["run", *arguments]))
