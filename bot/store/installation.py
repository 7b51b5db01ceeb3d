"""Single facts about this installation, by name."""

from bot.store.database import Engine, Statement


class Facts:
    """Names and values."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def fact(self, name: str) -> str | None:
        """The value of a fact, or None."""
        row = await self._engine.one("facts.get", name=name)
        return row["value"] if row else None

    async def keep_fact(self, name: str, value: str) -> None:
        """The newer value holds."""
        await self._engine.write([Statement(name="facts.keep", values={"name": name, "value": value})])
