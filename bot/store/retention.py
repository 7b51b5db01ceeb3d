"""Retention: how long each kind of passing data is kept."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.store.database import Database, Statement
from bot.store.times import to_ms

KEPT: Mapping[str, timedelta] = MappingProxyType(
    {
        "interactions.forget": timedelta(minutes=15),
        "presence.forget": timedelta(hours=1),
        "sessions.forget": timedelta(hours=4),
        "outbox.forget": timedelta(days=1),
        "orders.forget": timedelta(days=1),
    }
)


class Retention:
    """Forgets what has been kept long enough."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def delete_expired(self, now: datetime) -> None:
        """Delete everything older than its time; again deletes nothing more."""
        await self._database.write(
            [Statement(name=name, values={"before": to_ms(now - age)}) for name, age in KEPT.items()]
        )
