"""Interactions by which a member can still be answered. Their tokens come here sealed and are soon deleted."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.store.database import Database, Row, Statement
from bot.store.times import from_ms, to_ms

USABLE_FOR = timedelta(minutes=14)


@dataclass(frozen=True, kw_only=True, slots=True)
class Interaction:
    """A sealed token and when its interaction began; `card` says that its answer is the member's card."""

    sealed: str
    opened_at: datetime
    card: bool


class Interactions:
    """The newest interactions of each member."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, member_id: int, sealed: str, now: datetime, *, card: bool) -> None:
        """Remember an interaction; the member's newer one takes its place."""
        values = {"member_id": member_id, "card": int(card), "sealed": sealed, "now": to_ms(now)}
        await self._database.write([Statement(name="interactions.save", values=values)])

    async def find_newest(self, member_id: int, now: datetime) -> Interaction | None:
        """The newest interaction whose token can still be used."""
        return await self._find("interactions.find_newest", member_id, now)

    async def find_card(self, member_id: int, now: datetime) -> Interaction | None:
        """The one whose answer is the member's card, while it can still be edited."""
        return await self._find("interactions.find_card", member_id, now)

    async def _find(self, query: str, member_id: int, now: datetime) -> Interaction | None:
        row = await self._database.one(query, member_id=member_id, after=to_ms(now - USABLE_FOR))
        return _interaction(row) if row else None


def _interaction(row: Row) -> Interaction:
    return Interaction(sealed=row["sealed"], opened_at=from_ms(int(row["opened_at"])), card=bool(row["card"]))
