"""Carries out room orders at LiveKit and sweeps presence regularly: one loop, in one process at a time."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from bot.clock import Clock
from bot.domain.room import RoomAction
from bot.leader_loop import LeaderLoop, Leadership
from bot.store.database import Listener
from bot.store.leases import Fence
from bot.store.room_orders import RoomOrder, RoomOrders
from bot.store.video_outages import Silence, VideoOutages
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
        video_outages: VideoOutages,
        rooms: Rooms,
        presence_sweep: PresenceSweep,
        leadership: Leadership,
        clock: Clock,
        listener: Listener,
    ) -> None:
        self._room_orders = room_orders
        self._video_outages = video_outages
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

    async def step(self, fence: Fence) -> None:
        """Carry out the orders that are due, oldest first, then sweep if it is time.

        What LiveKit refuses to do for one room stays due and keeps no other room waiting. If LiveKit does not answer
        at all, the step ends, and the next ones wait for it, whichever process leads; an outage is recorded. Trouble is
        logged once, as is its end. Raises LostLease.
        """
        silence = await self._video_outages.read_silence()
        try:
            if silence.is_on:
                await self._rooms.check_connection()
                silence = await self._end_silence(fence, silence)
            problems = [*await self._carry_out_orders(), *await self._sweep_if_due()]
        except VideoProblem as problem:
            await self._video_outages.record_failure(silence, self._clock.now())
            self._log_trouble([problem])
        else:
            self._log_trouble(problems)

    async def _end_silence(self, fence: Fence, silence: Silence) -> Silence:
        """LiveKit answers again: look at all rooms at once. Returns what is recorded now."""
        self._swept_at = None
        await self._video_outages.record_answer(fence, silence, self._clock.now())
        return await self._video_outages.read_silence()

    async def _carry_out_orders(self) -> Sequence[VideoProblem]:
        problems: dict[str, VideoProblem] = {}  # by room
        for order in await self._room_orders.find_due(ORDERS_PER_STEP):
            if order.room_name in problems:  # orders for one room keep their order
                continue
            try:
                if await self._room_orders.is_due(order.id):
                    await self._carry_out(order)
            except VideoProblem as problem:
                await self._rooms.check_connection()
                problems[order.room_name] = problem
            else:
                await self._room_orders.mark_done(order.id, self._clock.now())
        return list(problems.values())

    async def _carry_out(self, order: RoomOrder) -> None:
        if order.action is RoomAction.CLOSE:
            await self._rooms.close_room(order.room_name)
        elif order.identity is not None:
            await self._rooms.remove_participant(order.room_name, order.identity)

    async def _sweep_if_due(self) -> Sequence[VideoProblem]:
        started = self._clock.monotonic()
        if self._swept_at is not None and started - self._swept_at < SWEEP_EVERY.total_seconds():
            return []
        problems = await self._presence_sweep.check_rooms()
        self._swept_at = started
        return problems

    def _log_trouble(self, problems: Sequence[VideoProblem]) -> None:
        reason = problems[0].reason if problems else None
        if reason is not None and reason != self._logged_reason:
            log.warning("rooms wait to be closed and looked at, because %s", reason)
        elif reason is None and self._logged_reason is not None:
            log.info("rooms are closed and looked at again")
        self._logged_reason = reason
