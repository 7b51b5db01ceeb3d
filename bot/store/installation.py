"""Single values of this installation, by name."""

from typing import Final

from bot.store.database import Database, Statement

NEWEST_CHECK_ROOM: Final = "newest_check_room"
"""Under this name stands the room of the last `heybuddy check` about which LiveKit has sent us a genuine event."""


class Installation:
    """Names and values."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, name: str) -> str | None:
        """The value under `name`, or None."""
        row = await self._database.one("installation.get", name=name)
        return row["value"] if row else None

    async def set(self, name: str, value: str) -> None:
        """Store `value` under `name`, replacing any former one."""
        await self._database.write([Statement(name="installation.set", values={"name": name, "value": value})])
