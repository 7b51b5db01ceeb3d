"""What we remember about a member between two searches."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.ticket import Wishes
from bot.store.codec import decode
from bot.store.database import Database, Row, Statement
from bot.store.rows import RowReader
from bot.store.times import to_ms

SEEN_EVERY = timedelta(days=1)

CLOSED_FOR = timedelta(hours=1)
"""How long a member who takes no direct messages is sent none: each would be refused, and refusals are counted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedWishes:
    """A member's last wishes, and the server of that search."""

    wishes: Wishes
    server_id: int


class Members:
    """Last wishes, and channels for direct messages."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = RowReader("members", _saved_wishes, key="member_id")

    async def last_wishes(self, member_id: int) -> SavedWishes | None:
        """The last wishes, or None for a member who never waited, or whose wishes cannot be read."""
        row = await self._database.one("members.get", member_id=member_id)
        return None if row is None or row["wishes"] is None else self._rows.read_one(row)

    async def find_dm_channel(self, member_id: int) -> int | None:
        """The id of the channel for direct messages, or None if none was saved."""
        row = await self._database.one("members.get", member_id=member_id)
        return row["dm_channel_id"] if row else None

    async def save_dm_channel(self, member_id: int, channel_id: int, now: datetime) -> None:
        """Store the channel, replacing any former one."""
        values = {"member_id": member_id, "channel_id": channel_id, "now": to_ms(now)}
        await self._database.write([Statement(name="members.save_dm_channel", values=values)])

    async def takes_direct_messages(self, member_id: int, now: datetime) -> bool:
        """False for a member to whom Discord refused one less than `CLOSED_FOR` ago, unless they have written since."""
        row = await self._database.one("members.get", member_id=member_id)
        closed_at = row["dm_closed_at"] if row else None
        return closed_at is None or not to_ms(now - CLOSED_FOR) < closed_at <= to_ms(now)

    async def close_dm_channel(self, member_id: int, now: datetime) -> None:
        """Record that the member takes no direct messages."""
        values = {"member_id": member_id, "now": to_ms(now)}
        await self._database.write([Statement(name="members.close_dm_channel", values=values)])


def open_dm_channel(member_id: int) -> Statement:
    """The statement that records that the member may take direct messages again."""
    return Statement(name="members.open_dm_channel", values={"member_id": member_id})


def remember_member(member_id: int, now: datetime) -> Statement:
    """The statement that adds a member of whom nothing is known yet."""
    return Statement(name="members.remember", values={"member_id": member_id, "now": to_ms(now)})


def touch_member(member_id: int, now: datetime) -> Statement:
    """The statement that records, at most once in `SEEN_EVERY`, that a known member does something."""
    values = {"member_id": member_id, "now": to_ms(now), "seen_before": to_ms(now - SEEN_EVERY)}
    return Statement(name="members.touch", values=values)


def _saved_wishes(row: Row) -> SavedWishes:
    return SavedWishes(wishes=decode(row["wishes"], Wishes), server_id=int(row["server_id"]))
