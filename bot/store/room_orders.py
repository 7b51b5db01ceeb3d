"""Room orders: what the rules decided about rooms, for the browser door to carry out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.room import RoomAction
from bot.store.database import Database, Statement
from bot.store.times import to_ms


@dataclass(frozen=True, kw_only=True, slots=True)
class RoomOrder:
    """Close a room, or take `identity` out of it."""

    id: int
    room_name: str
    action: RoomAction
    identity: str | None


class RoomOrders:
    """The orders nobody has carried out yet."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find_due(self, limit: int) -> Sequence[RoomOrder]:
        """Up to `limit` orders, the oldest first."""
        return [
            RoomOrder(
                id=row["id"], room_name=row["room_name"], action=RoomAction(row["action"]), identity=row["identity"]
            )
            for row in await self._database.all("orders.due", most=limit)
        ]

    async def mark_done(self, order_id: int, now: datetime) -> None:
        """This one was carried out; again changes nothing."""
        await self._database.write([Statement(name="orders.done", values={"id": order_id, "now": to_ms(now)})])
