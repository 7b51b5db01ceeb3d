"""What each running process needs and whether it has it, for `heybuddy check`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.store.database import Database, Row, Statement
from bot.store.rows import RowReader
from bot.store.times import from_ms, to_ms

FORGET_AFTER = timedelta(hours=1)
"""A process that has not looked for this long is no longer shown."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadinessState:
    """Whether the process `holder` has what `word` names: `reason` says why not, None if it has.

    `since`: since when that is so; `seen_at`: when the process last looked.
    """

    holder: str
    word: str
    reason: str | None
    since: datetime
    seen_at: datetime


class ReadinessStates:
    """The last state of every word, per process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = readiness_reader()

    async def record(self, holder: str, reasons: Mapping[str, str | None], now: datetime) -> None:
        """Record for each word why it is not ready, None if it is. Forgets processes that have not looked for long."""
        forget = {"seen_before": to_ms(now - FORGET_AFTER), "seen_after": to_ms(now + FORGET_AFTER)}
        statements = [
            Statement(
                name="readiness.record", values={"holder": holder, "word": word, "reason": reason, "now": to_ms(now)}
            )
            for word, reason in reasons.items()
        ]
        await self._database.write([*statements, Statement(name="readiness.forget_old", values=forget)])

    async def forget(self, holder: str) -> None:
        """Forget a process that stops."""
        await self._database.write([Statement(name="readiness.forget", values={"holder": holder})])

    async def read_all(self) -> Sequence[ReadinessState]:
        """All states that can be read, by process and word."""
        return self._rows.read_all(await self._database.all("readiness.all"))


def readiness_reader() -> RowReader[ReadinessState]:
    """A reader of rows of the table readiness."""
    return RowReader("readiness", _state, key="word")


def _state(row: Row) -> ReadinessState:
    return ReadinessState(
        holder=row["holder"],
        word=row["word"],
        reason=row["reason"],
        since=from_ms(int(row["since"])),
        seen_at=from_ms(int(row["seen_at"])),
    )
