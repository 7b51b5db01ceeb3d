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
from bot.store.video_outages import VideoOutages
from web.presence_sweep import PresenceSweep
from web.rooms import Rooms, VideoProblem

ORDERS_PER_STEP = 100
SWEEP_EVERY = timedelta(seconds=20)
OUTAGE_AFTER = timedelta(seconds=30)
"""LiveKit is away once it has not answered for this long."""

SAME_SILENCE_WITHIN = 2 * OUTAGE_AFTER
"""A failure that comes later after the last one begins a new silence, because LiveKit may have answered others.

While LiveKit is silent, processes lead in turns, because its answer takes longer than the lease."""

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
        self._swept_at: float | None = None  # in seconds of the monotonic clock, as the next
        self._silent_since: float | None = None
        self._failed_at: float | None = None
        self._logged_reason: str | None = None

    async def run(self) -> None:
        """Carry out orders within a second, and sweep every twenty, until cancelled."""
        await LeaderLoop(leadership=self._leadership, listener=self._listener, step=self.step).run()

    async def step(self, _fence: Fence) -> None:
        """Carry out the orders that are due, oldest first, then sweep if it is time.

        What LiveKit refuses to do for one room stays due and keeps no other room waiting. If LiveKit does not answer
        at all, the step ends, and the next ones wait for it; an outage is recorded. Trouble is logged once, as is its
        end.
        """
        try:
            if self._silent_since is not None:
                await self._rooms.check_connection()
            problems = [*await self._carry_out_orders(), *await self._sweep_if_due()]
        except VideoProblem as problem:
            await self._record_silence()
            self._log_trouble([problem])
        else:
            self._silent_since = None
            self._log_trouble(problems)

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
        if await self._video_outages.is_on():  # perhaps recorded by another process
            await self._rooms.check_connection()
            await self._video_outages.end(self._clock.now())
        problems = await self._presence_sweep.check_rooms()
        self._swept_at = started
        return problems

    async def _record_silence(self) -> None:
        """LiveKit does not answer: look at all rooms as soon as it does, and record an outage once it has lasted."""
        passed = self._clock.monotonic()
        self._swept_at = None
        if self._failed_at is None or passed - self._failed_at > SAME_SILENCE_WITHIN.total_seconds():
            self._silent_since = None
        self._silent_since = passed if self._silent_since is None else self._silent_since
        self._failed_at = passed
        if passed - self._silent_since >= OUTAGE_AFTER.total_seconds():
            await self._video_outages.begin(self._clock.now())

    def _log_trouble(self, problems: Sequence[VideoProblem]) -> None:
        reason = problems[0].reason if problems else None
        if reason is not None and reason != self._logged_reason:
            log.warning("rooms wait to be closed and looked at, because %s", reason)
        elif reason is None and self._logged_reason is not None:
            log.info("rooms are closed and looked at again")
        self._logged_reason = reason
