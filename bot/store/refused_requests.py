"""How many requests Discord has refused, of all processes: it bans an address after too many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.store.database import Database, Row, Statement
from bot.store.rows import RowReader
from bot.store.times import MILLISECOND, from_ms, to_ms

MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusedRequests:
    """Discord has refused `count` requests until this moment, and since a minute before."""

    until: datetime
    count: int


class RefusedRequestCounts:
    """The counts by process and minute."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = RowReader("refused_requests", _refused_requests, key="holder")

    async def add(self, holder: str, count: int, now: datetime) -> None:
        """Add so many requests of `holder` that Discord has refused just now."""
        values = {"holder": holder, "noted_at": to_ms(now) - to_ms(now) % (MINUTE // MILLISECOND), "count": count}
        await self._database.write([Statement(name="refused_requests.add", values=values)])

    async def read_others(self, holder: str, *, now: datetime, within: timedelta) -> Sequence[RefusedRequests]:
        """The counts of all processes but `holder`, of minutes that end `within` so long before or after `now`."""
        noted = {"noted_after": to_ms(now - within - MINUTE), "noted_before": to_ms(now + within)}
        return self._rows.read_all(await self._database.all("refused_requests.others", holder=holder, **noted))


def _refused_requests(row: Row) -> RefusedRequests:
    return RefusedRequests(until=from_ms(int(row["noted_at"])) + MINUTE, count=row["count"])
