"""Leases: one leader for each loop, identified by a fence number that every write of the leader carries."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.store.database import Database, Row, Statement, StoreError, UnexpectedRowCount
from bot.store.rows import RowReader
from bot.store.times import from_ms, to_ms

LEASE_LENGTH = timedelta(seconds=10)
WRITE_DELAY = timedelta(seconds=5)
"""How much older than a lease the time of a write may be that comes after it: writes wait for each other."""
RELEASED_AT = from_ms(0)
"""Until when a lease is valid that its holder has released."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fence:
    """A leader's number under the lease `name`."""

    name: str
    number: int


class LostLease(StoreError):
    """Another process leads now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lease:
    """A lease as it is stored. `stepped_at`: when a leader last finished a round of the loop.

    `is_locked`: the holder had the lease's lock when it last renewed the lease.
    """

    name: str
    holder: str
    expires_at: datetime
    is_locked: bool
    stepped_at: datetime | None

    @property
    def is_released(self) -> bool:
        """Whether its last holder was stopped properly."""
        return self.expires_at == RELEASED_AT

    def is_valid(self, now: datetime) -> bool:
        """Whether its holder leads at `now`, if it lives."""
        return now < self.expires_at <= latest_end(now)


class Leases:
    """Who leads which loop."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = lease_reader()

    async def acquire(
        self, name: str, holder: str, *, now: datetime, stepped_at: datetime | None = None
    ) -> Fence | None:
        """Become or stay leader of `name` for `LEASE_LENGTH`; a renewal by the same holder keeps the fence.

        None if another holder leads. Records `stepped_at`, when the holder last finished a round, unless it is None.
        Keeps the lease's lock while leading, if it can be had. What a former holder has said of itself is forgotten if
        the lock proves that it is dead.
        """
        values = {
            "name": name,
            "holder": holder,
            "expires_at": to_ms(now + LEASE_LENGTH),
            "locked": int(self._database.try_lock(name, holder)),
            "stepped_at": None if stepped_at is None else to_ms(stepped_at),
            **_validity(now),
        }
        [*_, rows] = await self._database.write(
            [
                Statement(name="readiness.forget_dead", values=values),
                Statement(name="chat_processes.forget_dead", values=values),
                Statement(name="leases.acquire", values=values),
            ]
        )
        if not rows:
            self.unlock(name, holder)
            return None
        return Fence(name=name, number=rows[0]["fence"])

    async def release(self, name: str, holder: str) -> None:
        """Stop leading, so that another holder can lead immediately. Idempotent."""
        values = {"name": name, "holder": holder, "released_at": to_ms(RELEASED_AT)}
        await self._database.write([Statement(name="leases.release", values=values)])
        self.unlock(name, holder)

    def unlock(self, name: str, holder: str) -> None:
        """Free the lease's lock after the lease was lost. Does nothing if `holder` does not have it."""
        self._database.unlock(name, holder)

    async def read_all(self) -> Sequence[Lease]:
        """All leases that can be read, by name, also those that have expired."""
        return self._rows.read_all(await self._database.all("leases.all"))


def lease_reader() -> RowReader[Lease]:
    """A reader of rows of the table leases."""
    return RowReader("leases", _lease, key="name")


def _lease(row: Row) -> Lease:
    return Lease(
        name=row["name"],
        holder=row["holder"],
        expires_at=from_ms(int(row["expires_at"])),
        is_locked=bool(row["locked"]),
        stepped_at=from_ms(row["stepped_at"]),
    )


async def write_fenced(
    database: Database, fence: Fence, now: datetime, statements: Sequence[Statement], *, notify: Collection[str] = ()
) -> bool:
    """Write as the leader. False if an expected row count was not met. Raises LostLease."""
    values = {"name": fence.name, "fence": fence.number, **_validity(now)}
    guard = Statement(name="leases.guard", values=values, expect_rows=1)
    try:
        await database.write([guard, *statements], notify=notify)
    except UnexpectedRowCount as error:
        if error.statement == guard.name:
            raise LostLease(LostLease.__doc__) from error
        return False
    return True


def _validity(now: datetime) -> dict[str, int]:
    """A lease is valid at `now` if it expires after `now`, and no later than `latest`."""
    return {"now": to_ms(now), "latest": to_ms(latest_end(now))}


def latest_end(now: datetime) -> datetime:
    """A lease that ends later was made while the clock was ahead, and is void."""
    return now + LEASE_LENGTH + WRITE_DELAY
