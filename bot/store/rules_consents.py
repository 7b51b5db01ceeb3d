"""Consents: which version of a server's rules of studying together a member has agreed to."""

from datetime import datetime

from bot.store.database import Database, Statement
from bot.store.times import to_ms


class RulesConsents:
    """All consents, over all servers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def has_agreed(self, server_id: int, member_id: int, version: str) -> bool:
        """Whether this version is the last to which the member has agreed in this server."""
        row = await self._database.one("rules_consents.find", server_id=server_id, member_id=member_id)
        return row is not None and row["version"] == version

    async def agree(self, server_id: int, member_id: int, version: str, now: datetime) -> None:
        """Record that the member agrees to this version. Repeating it changes nothing."""
        values = {"server_id": server_id, "member_id": member_id, "rules": version, "now": to_ms(now)}
        await self._database.write([Statement(name="rules_consents.agree", values=values)])
