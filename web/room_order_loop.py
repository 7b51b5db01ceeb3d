"""Carries out room orders at LiveKit and sweeps presence regularly: one loop, in one process at a time."""

import logging
from datetime import timedelta

from bot.clock import Clock
from bot.domain.room import RoomAction
from bot.leader_loop import LeaderLoop, Leadership
from bot.store.database import Listener
from bot.store.leases import Fence
from bot.store.room_orders import RoomOrder, RoomOrders
from web.presence_sweep import PresenceSweep
from web.rooms import Rooms, VideoProblem

ORDERS_PER_STEP = 100
SWEEP_EVERY = timedelta(seconds=20)

log = logging.getLogger(__name__)


class RoomOrderLoop:
    """Carries out the store's orders at LiveKit, while it leads."""

    def __init__(
        self,
        *,
        room_orders: RoomOrders,
        rooms: Rooms,
        presence_sweep: PresenceSweep,
        leadership: Leadership,
        clock: Clock,
        listener: Listener,
    ) -> None:
        self._room_orders = room_orders
        self._rooms = rooms
        self._presence_sweep = presence_sweep
        self._leadership = leadership
        self._clock = clock
        self._listener = listener
        self._swept_at: float | None = None  # in seconds of the monotonic clock
        self._logged_reason: str | None = None

    async def run(self) -> None:
        """Carry out orders within a second, and sweep every twenty, until cancelled."""
        await LeaderLoop(leadership=self._leadership, listener=self._listener, step=self.step).run()

    async def step(self, _fence: Fence) -> None:
        """Carry out the orders that are due, oldest first, then sweep if it is time.

        An order that LiveKit refuses stays due, and so do later ones. Trouble is logged once, and its end.
        """
        try:
            for order in await self._room_orders.find_due(ORDERS_PER_STEP):
                if await self._room_orders.is_due(order.id):
                    await self._carry_out(order)
                await self._room_orders.mark_done(order.id, self._clock.now())
            await self._sweep_if_due()
        except VideoProblem as problem:
            if problem.reason != self._logged_reason:
                log.warning("rooms wait to be closed and looked at, because %s", problem.reason)
            self._logged_reason = problem.reason
        else:
            if self._logged_reason is not None:
                log.info("rooms are closed and looked at again")
            self._logged_reason = None

    async def _carry_out(self, order: RoomOrder) -> None:
        if order.action is RoomAction.CLOSE:
            await self._rooms.close_room(order.room_name)
        elif order.identity is not None:
            await self._rooms.remove_participant(order.room_name, order.identity)

    async def _sweep_if_due(self) -> None:
        started = self._clock.monotonic()
        if self._swept_at is None or started - self._swept_at >= SWEEP_EVERY.total_seconds():
            await self._presence_sweep.check_rooms()
            self._swept_at = started
