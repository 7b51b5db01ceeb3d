"""Retention: how long temporary data is kept."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.domain.browser_session import ABSOLUTE_LIFETIME
from bot.store.database import Database, Statement
from bot.store.times import to_ms

KEPT_FOR: Mapping[str, timedelta] = MappingProxyType(
    {
        "interactions": timedelta(minutes=15),
        "webhook_events": timedelta(hours=1),  # longer than LiveKit goes on repeating an event
        "browser_sessions": ABSOLUTE_LIFETIME,
        "outbox": timedelta(days=1),
        "room_orders": timedelta(days=1),
    }
)
"""By table. Counted for messages and room orders from when they were settled, for everything else from its creation."""


class Retention:
    """Deletes data that has been kept long enough."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def delete_expired(self, now: datetime) -> None:
        """Delete everything that is older than `KEPT_FOR` at `now`."""
        await self._database.write(
            [
                Statement(name=f"{table}.delete_expired", values={"before": to_ms(now - age)})
                for table, age in KEPT_FOR.items()
            ]
        )
