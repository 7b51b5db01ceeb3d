"""Run a loop under a lease: one process at a time does the work; another takes over when it stops.

Also holds the tasks that a step starts and that outlive it.
"""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from datetime import datetime

from bot.clock import Clock
from bot.process import EXIT_WITHIN
from bot.store.database import Listener, StoreUnavailable
from bot.store.leases import LEASE_LENGTH, Fence, Leases, LostLease

POLL_EVERY = 1.0  # seconds between two steps if nothing wakes the loop earlier
RENEW_EVERY = LEASE_LENGTH * 0.3
DRAIN_WITHIN = EXIT_WITHIN - 2.0  # seconds; the rest of `EXIT_WITHIN` is for the services that end later

log = logging.getLogger(__name__)


class Leadership:
    """The lease `name`, acquired for `holder` and renewed every `RENEW_EVERY`."""

    def __init__(self, *, leases: Leases, clock: Clock, name: str, holder: str) -> None:
        self.name = name
        self._leases = leases
        self._clock = clock
        self._holder = holder
        self._fence: Fence | None = None
        self._renew_at: datetime | None = None

    async def acquire(self) -> Fence | None:
        """Return our fence, acquiring or renewing the lease when due; None while another process leads.

        Raises StoreUnavailable.
        """
        now = self._clock.now()
        if self._fence is None or self._renew_at is None or now >= self._renew_at:
            self._fence = await self._leases.acquire(self.name, self._holder, now=now)
            self._renew_at = now + RENEW_EVERY
        return self._fence

    def mark_lost(self) -> None:
        """Forget the fence after a LostLease, so that the next `acquire` asks the store."""
        self._fence = None

    async def resign(self) -> None:
        """Release the lease, so that another process can lead immediately. Raises StoreUnavailable."""
        self._fence = None
        await self._leases.release(self.name, self._holder)


class RunningTasks:
    """Tasks that a step starts and that outlive it, at most one for each key."""

    def __init__(self) -> None:
        self._tasks: dict[Hashable, asyncio.Task[None]] = {}

    def __len__(self) -> int:
        return len(self._tasks)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._tasks

    def start(self, key: Hashable, work: Coroutine[None, None, None], *, name: str) -> None:
        """Start `work` as a task called `name`; no task may be running for `key`."""
        self._tasks[key] = asyncio.create_task(work, name=name)

    async def wait_for_any(self, other: asyncio.Task[None]) -> None:
        """Return when one of our tasks or `other` has ended."""
        await asyncio.wait({other, *self._tasks.values()}, return_when=asyncio.FIRST_COMPLETED)

    async def wait_for_all(self) -> None:
        """Return when every task has ended. Raises the exception of a task that failed."""
        if self._tasks:
            await asyncio.wait(self._tasks.values())
        self.forget_finished()

    def forget_finished(self) -> None:
        """Forget the tasks that have ended. Raises the exception of a task that failed."""
        for key, task in list(self._tasks.items()):
            if task.done():
                del self._tasks[key]
                task.result()

    async def drain(self, within: float) -> int:
        """Give every task `within` seconds to end, then cancel the rest; returns how many were cancelled.

        Exceptions of the tasks are logged, not raised: the caller is about to end anyway.
        """
        tasks = list(self._tasks.values())
        if not tasks:
            return 0
        try:
            await asyncio.wait(tasks, timeout=within)
        finally:
            cancelled = [task for task in tasks if task.cancel()]
        await asyncio.wait(tasks)
        self._tasks.clear()
        for task in tasks:
            if not task.cancelled() and (error := task.exception()):
                log.error("%s failed while stopping", task.get_name(), exc_info=error)
        return len(cancelled)


class LeaderLoop:
    """Repeats `step` while this process leads, until cancelled.

    A step follows when `listener` is woken, when one of `tasks` ends, after `seconds_to_next()` (called after each
    step, may raise StoreUnavailable), and at the latest after `poll_every` seconds. A process that does not lead tries
    to acquire the lease as often.
    """

    def __init__(
        self,
        *,
        leadership: Leadership,
        listener: Listener,
        step: Callable[[Fence], Awaitable[object]],
        seconds_to_next: Callable[[], Awaitable[float]] | None = None,
        poll_every: float = POLL_EVERY,
        tasks: RunningTasks | None = None,
        drain_within: float = DRAIN_WITHIN,
    ) -> None:
        self._leadership = leadership
        self._listener = listener
        self._step = step
        self._seconds_to_next = seconds_to_next or _no_deadline
        self._poll_every = poll_every
        self._tasks = tasks if tasks is not None else RunningTasks()  # not `tasks or …`: without tasks it is falsy
        self._drain_within = drain_within
        self._trouble: str | None = None

    async def run(self) -> None:
        """Run until cancelled; then drain `tasks` and resign.

        An unavailable store and a lost lease never end the loop: they are logged and tried again. Every other exception
        of a step or a task ends it and is raised, because the process must not go on with one loop missing.
        """
        try:
            while True:
                await self._wait(await self._run_step())
                self._tasks.forget_finished()
        finally:
            await self._stop()

    async def _run_step(self) -> float:
        """Run one step if we lead. Returns the seconds to wait before the next one."""
        try:
            seconds = await self._step_if_leading()
        except LostLease:
            self._leadership.mark_lost()
            log.warning("%s: another process leads now", self._leadership.name)
            return self._poll_every
        except StoreUnavailable as unavailable:
            self._log_trouble(str(unavailable))
            return self._poll_every
        self._log_recovery()
        return min(seconds, self._poll_every)

    async def _step_if_leading(self) -> float:
        fence = await self._leadership.acquire()
        if fence is None:
            return self._poll_every
        await self._step(fence)
        return await self._seconds_to_next()

    async def _wait(self, seconds: float) -> None:
        listening = asyncio.create_task(self._listener.wait(seconds))
        try:
            await self._tasks.wait_for_any(listening)
            if listening.done():
                listening.result()
        finally:
            listening.cancel()

    def _log_trouble(self, trouble: str) -> None:
        if trouble != self._trouble:
            log.warning("%s: %s", self._leadership.name, trouble)
        self._trouble = trouble

    def _log_recovery(self) -> None:
        if self._trouble is not None:
            log.info("%s: the store is available again", self._leadership.name)
        self._trouble = None

    async def _stop(self) -> None:
        try:
            cancelled = await self._tasks.drain(self._drain_within)
            if cancelled:
                log.info("%s: stopped with %d tasks unfinished", self._leadership.name, cancelled)
        finally:
            await asyncio.shield(self._resign())

    async def _resign(self) -> None:
        try:
            await self._leadership.resign()
        except StoreUnavailable:
            log.info("%s: the store is unavailable, the lease has to expire by itself", self._leadership.name)


async def _no_deadline() -> float:
    return math.inf
