"""Room orders carried out, and the sweep that asks LiveKit who is really in: one loop of one process at a time."""

import logging
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.domain.room import RoomAction
from bot.leader_loop import LeaderLoop, Leadership
from bot.store.database import Listener
from bot.store.leases import Fence
from bot.store.room_orders import RoomOrder, RoomOrders
from web.livekit_rooms import Rooms
from web.problems import HttpProblem
from web.sweep import Sweep

AT_ONCE = 100
SWEEP_EVERY = timedelta(seconds=20)

log = logging.getLogger(__name__)


class RoomOrderLoop:
    """Does what the rules decided about rooms, while it leads."""

    def __init__(
        self,
        *,
        room_orders: RoomOrders,
        rooms: Rooms,
        sweep: Sweep,
        leadership: Leadership,
        clock: Clock,
        listener: Listener,
    ) -> None:
        self._room_orders = room_orders
        self._rooms = rooms
        self._sweep = sweep
        self._leadership = leadership
        self._clock = clock
        self._listener = listener
        self._sweep_at: datetime | None = None
        self._trouble: str | None = None

    async def run(self) -> None:
        """Carry out orders within a second, and sweep every twenty, until cancelled."""
        await LeaderLoop(leadership=self._leadership, listener=self._listener, step=self.step).run()

    async def step(self, _fence: Fence) -> None:
        """One round; what LiveKit cannot do now is done in a later one."""
        try:
            for order in await self._room_orders.find_due(AT_ONCE):
                await self._carry_out(order)
                await self._room_orders.mark_done(order.id, self._clock.now())
            await self._sweep_now_and_then()
        except HttpProblem as trouble:
            if trouble.code != self._trouble:
                log.warning("rooms are left as they are: %s", trouble.code)
            self._trouble = trouble.code
        else:
            self._trouble = None

    async def _carry_out(self, order: RoomOrder) -> None:
        if order.action is RoomAction.CLOSE:
            await self._rooms.close(order.room_name)
        elif order.identity is not None:
            await self._rooms.remove(order.room_name, order.identity)

    async def _sweep_now_and_then(self) -> None:
        now = self._clock.now()
        if self._sweep_at is None or now >= self._sweep_at:
            await self._sweep.once()
            self._sweep_at = now + SWEEP_EVERY
