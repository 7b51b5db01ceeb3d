"""Consents: which version of a server's rules its members have agreed to."""

from datetime import datetime

from bot.domain.rules import OUR_RULES
from bot.store.database import Database, Statement
from bot.store.members import remember_member
from bot.store.times import to_ms

AGREED = "rules_consents.agreed"


class RulesConsents:
    """The newest consent of each member in each server."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, server_id: int, member_id: int) -> str | None:
        """The version that a member has agreed to last in this server, None if they never have."""
        row = await self._database.one("rules_consents.find", server_id=server_id, member_id=member_id)
        return row["version"] if row else None

    async def save(self, server_id: int, member_id: int, version: str, now: datetime) -> None:
        """Record that a member agrees to this version. For one to which they have agreed already, the time stays."""
        values = {"server_id": server_id, "member_id": member_id, "rules_agreed": version, "now": to_ms(now)}
        saved = Statement(name="rules_consents.save", values=values)
        await self._database.write([remember_member(member_id, now), saved])


def agreed_to_rules(server_id: int, member_id: int) -> Statement:
    """The statement that fails unless the member has agreed to the rules that count in this server now."""
    values = {"server_id": server_id, "member_id": member_id, "our_rules": OUR_RULES}
    return Statement(name=AGREED, values=values, expect_rows=1)
