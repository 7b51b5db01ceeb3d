"""Room orders: what was decided about LiveKit rooms, for the web part to carry out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.room import RoomAction
from bot.store.database import Database, Row, Statement
from bot.store.rows import RowReader
from bot.store.times import to_ms


@dataclass(frozen=True, kw_only=True, slots=True)
class RoomOrder:
    """Close a room, or remove the participant `identity` from it."""

    id: int
    room_name: str
    action: RoomAction
    identity: str | None


class RoomOrders:
    """The orders, until they are carried out."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = RowReader("room_orders", _order)

    async def find_due(self, limit: int) -> Sequence[RoomOrder]:
        """Up to `limit` orders, the oldest first. Those that cannot be read are left out."""
        return self._rows.read_all(await self._database.all("room_orders.find_due", limit=limit))

    async def is_due(self, order_id: int) -> bool:
        """Whether the order is still to be carried out: leaving may have been undone meanwhile."""
        return await self._database.one("room_orders.find_one_due", order_id=order_id) is not None

    async def mark_done(self, order_id: int, now: datetime) -> None:
        """Record that the order was carried out. Repeating it changes nothing."""
        values = {"order_id": order_id, "now": to_ms(now)}
        await self._database.write([Statement(name="room_orders.mark_done", values=values)])


def _order(row: Row) -> RoomOrder:
    return RoomOrder(
        id=row["id"], room_name=row["room_name"], action=RoomAction(row["action"]), identity=row["identity"]
    )
