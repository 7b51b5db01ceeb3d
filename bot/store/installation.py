"""Single facts about this installation, by name."""

from bot.store.database import Database, Statement


class Installation:
    """Names and values."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, name: str) -> str | None:
        """The value of a fact, or None."""
        row = await self._database.one("facts.get", name=name)
        return row["value"] if row else None

    async def set(self, name: str, value: str) -> None:
        """The newer value holds."""
        await self._database.write([Statement(name="facts.keep", values={"name": name, "value": value})])
