"""Damage that statements have met in a PostgreSQL database, until it is known to be gone, or until the restart."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import asyncpg

from bot.store.database import StoreUnavailable, Value

_DATA: Final = "XX001"
_INDEX: Final = "XX002"


class MetDamage:
    """What the server said when statements met damage, the newest of each query, and of writes."""

    def __init__(self) -> None:
        self._reads: dict[str, tuple[Mapping[str, Value], str]] = {}
        self._write: str | None = None

    def remember_read(self, name: str, values: Mapping[str, Value], error: Exception) -> None:
        """Remember `error` if it is about damage that the query `name` has met."""
        if isinstance(error, asyncpg.PostgresError) and (found := _describe(error.sqlstate or "", str(error))):
            self._reads[name] = (values, found)

    def remember_write(self, sqlstate: str, message: str) -> None:
        """Remember what the server said if it is about damage that a write has met."""
        if found := _describe(sqlstate, message):
            self._write = f"{found.removesuffix('.')}, then restart Hey Buddy."

    def describe(self) -> str | None:
        """What is damaged and what to do, in sentences; None if nothing is known to be."""
        return next((found for _, found in self._reads.values()), self._write)

    async def look_again(self, read: Callable[..., Awaitable[object]]) -> None:
        """Forget what is mended: each query that met damage is tried by `read`, which may remember it anew.

        A write cannot be tried, and others that succeed may touch other pages: what one met stays until the restart.
        Raises StoreUnavailable if a query cannot be tried now.
        """
        for name, (values, found) in list(self._reads.items()):
            del self._reads[name]
            try:
                await read(name, **values)
            except StoreUnavailable:
                if name not in self._reads:
                    self._reads[name] = (values, found)
                    raise


def _describe(sqlstate: str, message: str) -> str | None:
    if sqlstate == _INDEX:
        return f"An index of the database is damaged: {message}. Rebuild it with REINDEX."
    return f"The database is damaged: {message}. Restore a backup." if sqlstate == _DATA else None
