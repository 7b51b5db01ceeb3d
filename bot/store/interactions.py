"""Interactions that can still be used to answer a member. Their tokens are stored encrypted and soon deleted."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.store.database import Database, Row, Statement
from bot.store.members import touch_member
from bot.store.rows import RowReader
from bot.store.times import from_ms, to_ms

USABLE_FOR = timedelta(minutes=14)
"""Discord accepts a token for 15 minutes; the rest is the time for answering."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Interaction:
    """An encrypted token, and when its interaction began; `card`: the answer shows the member's card."""

    encrypted_token: str
    opened_at: datetime
    card: bool


class Interactions:
    """The newest interactions of each member."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = RowReader("interactions", _interaction, key="member_id")

    async def save(self, member_id: int, encrypted_token: str, now: datetime, *, card: bool) -> None:
        """Store an interaction, replacing the member's former one; those with and without a card are separate."""
        values = {"member_id": member_id, "card": int(card), "encrypted_token": encrypted_token, "now": to_ms(now)}
        await self._database.write([Statement(name="interactions.save", values=values), touch_member(member_id, now)])

    async def find_newest(self, member_id: int, now: datetime) -> Interaction | None:
        """The newest interaction whose token is still valid, or None."""
        return await self._find("interactions.find_newest", member_id, now)

    async def find_card(self, member_id: int, now: datetime) -> Interaction | None:
        """The interaction whose answer shows the member's card, or None if that can no longer be edited."""
        return await self._find("interactions.find_card", member_id, now)

    async def _find(self, query: str, member_id: int, now: datetime) -> Interaction | None:
        row = await self._database.one(query, member_id=member_id, opened_after=to_ms(now - USABLE_FOR))
        return self._rows.read_one(row)


def _interaction(row: Row) -> Interaction:
    return Interaction(
        encrypted_token=row["encrypted_token"], opened_at=from_ms(int(row["opened_at"])), card=bool(row["card"])
    )
