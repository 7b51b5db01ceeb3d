"""Leases: one leader for each loop, identified by a fence number that every write of the leader carries."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.store.database import Database, Statement, StoreError, UnexpectedRowCount
from bot.store.times import to_ms

LEASE_LENGTH = timedelta(seconds=10)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fence:
    """A leader's number under the lease `name`."""

    name: str
    number: int


class LostLease(StoreError):
    """Another process leads now."""


class Leases:
    """Who leads which loop."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def acquire(self, name: str, holder: str, *, now: datetime) -> Fence | None:
        """Become or stay leader of `name` for `LEASE_LENGTH`; a renewal by the same holder keeps the fence.

        None if another holder leads.
        """
        values = {
            "name": name,
            "holder": holder,
            "now": to_ms(now),
            "expires_at": to_ms(now + LEASE_LENGTH),
        }
        [rows] = await self._database.write([Statement(name="leases.acquire", values=values)])
        return Fence(name=name, number=rows[0]["fence"]) if rows else None

    async def release(self, name: str, holder: str) -> None:
        """Stop leading, so that another holder can lead immediately. Idempotent."""
        await self._database.write([Statement(name="leases.release", values={"name": name, "holder": holder})])


async def write_fenced(
    database: Database, fence: Fence, now: datetime, statements: Sequence[Statement], *, notify: Collection[str] = ()
) -> bool:
    """Write as the leader. False if an expected row count was not met. Raises LostLease."""
    values = {"name": fence.name, "fence": fence.number, "now": to_ms(now)}
    guard = Statement(name="leases.guard", values=values, expect_rows=1)
    try:
        await database.write([guard, *statements], notify=notify)
    except UnexpectedRowCount as error:
        if error.statement == guard.name:
            raise LostLease(LostLease.__doc__) from error
        return False
    return True
