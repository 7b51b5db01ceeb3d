"""The chat processes: which there are, and which shards each of them connects."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.store.codec import decode, encode
from bot.store.database import Database, Row, Statement
from bot.store.rows import RowReader
from bot.store.times import from_ms, to_ms

PRESENT_FOR: Final = timedelta(seconds=15)
"""A process counts as present for so long after it was last seen."""
FORGET_AFTER: Final = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class ChatProcess:
    """A process at `place`, which is words for people. `shard_ids` are of `shard_count`; none before it connects.

    `token_refused`: Discord has refused the token whose digest is `token_digest`.
    """

    holder: str
    place: str
    token_digest: str
    token_refused: bool = False
    shard_ids: Collection[int] = ()
    shard_count: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class SeenProcess:
    """A process, and when it was last seen."""

    process: ChatProcess
    seen_at: datetime


class ChatProcesses:
    """The processes that have run chat lately."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = chat_process_reader()

    async def record(self, process: ChatProcess, now: datetime, *, is_news: bool = False) -> Sequence[SeenProcess]:
        """Record that `process` is there. Returns the others that use the same token and are there too.

        With `is_news` the others are woken.
        """
        values = {
            "holder": process.holder,
            "place": process.place,
            "token_digest": process.token_digest,
            "token_refused": int(process.token_refused),
            "shard_ids": encode(sorted(process.shard_ids)),
            "shard_count": process.shard_count,
            "now": to_ms(now),
        }
        forget = {"seen_before": to_ms(now - FORGET_AFTER), "seen_after": to_ms(now + FORGET_AFTER)}
        await self._database.write(
            [
                Statement(name="chat_processes.record", values=values),
                Statement(name="chat_processes.forget_old", values=forget),
            ],
            notify=("chat_processes",) if is_news else (),
        )
        rows = await self._database.all(
            "chat_processes.others",
            token_digest=process.token_digest,
            holder=process.holder,
            seen_after=to_ms(now - PRESENT_FOR),
            seen_before=to_ms(now + PRESENT_FOR),
        )
        return self._rows.read_all(rows)

    async def forget(self, holder: str) -> None:
        """Forget a process that stops."""
        statement = Statement(name="chat_processes.forget", values={"holder": holder})
        await self._database.write([statement], notify=("chat_processes",))


def chat_process_reader() -> RowReader[SeenProcess]:
    """A reader of rows of the table chat_processes."""
    return RowReader("chat_processes", _seen_process, key="holder")


def _seen_process(row: Row) -> SeenProcess:
    process = ChatProcess(
        holder=row["holder"],
        place=row["place"],
        token_digest=row["token_digest"],
        token_refused=bool(row["token_refused"]),
        shard_ids=decode(row["shard_ids"], tuple[int, ...]),
        shard_count=row["shard_count"],
    )
    return SeenProcess(process=process, seen_at=from_ms(int(row["seen_at"])))
