"""Run a loop under a lease: one process at a time does the work; another takes over when it stops.

Also holds the tasks that a step starts and that outlive it.
"""

import asyncio
import logging
import math
import traceback
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Iterator
from datetime import datetime
from typing import Any, Generic, TypeVar

from bot.clock import Clock
from bot.domain.message import Unauthorized
from bot.log import describe_briefly
from bot.metrics import Gauge, Metrics
from bot.process import EXIT_WITHIN, raise_if_cancelled
from bot.store.database import Listener, StoreUnavailable
from bot.store.leases import LEASE_LENGTH, Fence, Leases, LostLease

POLL_EVERY = 1.0  # seconds between two steps if nothing wakes the loop earlier
MAX_DOUBLINGS = 10
LONGEST_BACKOFF = 30.0  # seconds between two steps that fail; longer than a lease, so another process can try
RENEW_EVERY = LEASE_LENGTH * 0.3
DRAIN_WITHIN = EXIT_WITHIN - 2.0  # seconds; the rest of `EXIT_WITHIN` is for the services that end later

log = logging.getLogger(__name__)

Key = TypeVar("Key", bound=Hashable)


class Leadership:
    """The lease `name`, acquired for `holder` and renewed every `RENEW_EVERY`. `metrics` show who leads."""

    def __init__(self, *, leases: Leases, clock: Clock, name: str, holder: str, metrics: Metrics | None = None) -> None:
        self.name = name
        self._leases = leases
        self._clock = clock
        self._holder = holder
        self._fence: Fence | None = None
        self._renew_at = -math.inf  # in seconds of the monotonic clock: the time of day can be corrected
        self._leads_until = -math.inf  # the same
        self._stepped_at: datetime | None = None
        self._logged: bool | None = None  # whether the log has it that this process leads
        self._last_round = _loop_metrics(metrics or Metrics(), name, leads=self._is_leading)

    async def acquire(self) -> Fence | None:
        """Return our fence, acquiring or renewing the lease when due; None while another process leads.

        Logs who leads whenever that has changed. Raises StoreUnavailable.
        """
        passed = self._clock.monotonic()
        if self._fence is None or passed >= self._renew_at:
            self._fence = await self._leases.acquire(
                self.name, self._holder, now=self._clock.now(), stepped_at=self._stepped_at
            )
            self._stepped_at = None
            self._renew_at = passed + RENEW_EVERY.total_seconds()
            self._leads_until = passed + LEASE_LENGTH.total_seconds()
            self._log_leader()
        return self._fence

    def _log_leader(self) -> None:
        leads = self._fence is not None
        if leads is not self._logged:
            log.info("%s: %s", self.name, "this process leads" if leads else "another process leads")
        self._logged = leads

    def record_step(self) -> None:
        """Remember that a round has finished now; the next renewal of the lease stores it."""
        self._stepped_at = self._clock.now()
        self._last_round.set(self._stepped_at.timestamp(), self.name)

    def _is_leading(self) -> bool:
        """Whether the lease is ours, as far as this process knows: if it cannot be renewed, it runs out."""
        return self._fence is not None and self._clock.monotonic() < self._leads_until

    def mark_lost(self) -> None:
        """Forget the fence after a LostLease, so that the next `acquire` asks the store."""
        self._fence = None
        self._leases.unlock(self.name, self._holder)

    async def resign(self) -> None:
        """Release the lease, so that another process can lead immediately. Raises StoreUnavailable."""
        self._fence = None
        await self._leases.release(self.name, self._holder)


def _loop_metrics(metrics: Metrics, name: str, *, leads: Callable[[], bool]) -> Gauge:
    """Show whether this process `leads` the loop `name`; returns the gauge of its last round."""
    metrics.gauge("loop_leader", "Whether this process leads the loop: 1 or 0.", "loop").follow(leads, name)
    last_round = metrics.gauge(
        "loop_last_round_timestamp_seconds",
        "When this process last finished a round of the loop, as a Unix time; 0 if it has not.",
        "loop",
    )
    last_round.set(0, name)
    return last_round


class RunningTasks(Generic[Key]):
    """Tasks that a step starts and that outlive it, at most one for each key."""

    def __init__(self) -> None:
        self._tasks: dict[Key, asyncio.Task[None]] = {}

    def __iter__(self) -> Iterator[Key]:
        return iter(self._tasks)

    def __contains__(self, key: Key) -> bool:
        return key in self._tasks

    def start(self, key: Key, work: Coroutine[None, None, None], *, name: str) -> None:
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
        """Forget the tasks that have ended.

        Raises the exception of a task that failed; of several the first one's: call it again for the others.
        """
        for key, task in list(self._tasks.items()):
            if task.done():
                del self._tasks[key]
                if not task.cancelled():
                    task.result()

    async def drain(self, within: float) -> int:
        """Give every task `within` seconds to end, then cancel the rest; returns how many were cancelled.

        Exceptions of the tasks are logged, not raised: the caller is about to end anyway. Not so Unauthorized: if it
        is not the reason for the end, the next start meets it.
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
            error = None if task.cancelled() else task.exception()
            if error and not isinstance(error, Unauthorized):
                log.error("%s failed while stopping", task.get_name(), exc_info=error)
        return len(cancelled)


class LeaderLoop:
    """Repeats `step` while this process leads, until cancelled.

    A step follows when `listener` is woken, when one of `tasks` ends, after `seconds_to_next()` (called after each
    step), and at the latest after `poll_every` seconds. A process that does not lead tries to acquire the lease as
    often. After a failure the pause doubles each time, up to `LONGEST_BACKOFF`.
    """

    def __init__(
        self,
        *,
        leadership: Leadership,
        listener: Listener,
        step: Callable[[Fence], Awaitable[object]],
        seconds_to_next: Callable[[], Awaitable[float]] | None = None,
        poll_every: float = POLL_EVERY,
        tasks: RunningTasks[Any] | None = None,
        drain_within: float = DRAIN_WITHIN,
    ) -> None:
        self._leadership = leadership
        self._listener = listener
        self._step = step
        self._seconds_to_next = seconds_to_next or _no_deadline
        self._poll_every = poll_every
        self._tasks: RunningTasks[Any] = tasks or RunningTasks()
        self._drain_within = drain_within
        self._troubles = _KnownTroubles(leadership.name)
        self._failures = 0  # of rounds, in a row

    async def run(self) -> None:
        """Run until cancelled; then drain `tasks` and resign.

        Trouble in one round never ends the loop: it is logged, once for each kind, and the next round follows. Only
        Unauthorized, from a step or a task, ends it and is raised: no round can succeed any more.
        """
        try:
            while True:
                await self._wait(await self._run_step())
                self._forget_finished()
        finally:
            await self._stop()

    async def _run_step(self) -> float:
        """Run one step if we lead. Returns the seconds to wait before the next one."""
        try:
            seconds = await self._step_if_leading()
        except LostLease:
            raise_if_cancelled()
            self._leadership.mark_lost()
            log.warning("%s: lost the lease: another process leads, or the clock was corrected", self._leadership.name)
            return self._poll_every
        except Unauthorized:
            raise
        except (asyncio.CancelledError, Exception) as error:  # noqa: BLE001 -- it is logged, and the loop goes on
            raise_if_cancelled()  # otherwise something was cancelled that the step waits for
            return self._count_failure(error)
        return min(seconds, self._poll_every)

    async def _step_if_leading(self) -> float:
        fence = await self._leadership.acquire()
        if fence is None:
            return self._poll_every
        await self._step(fence)
        seconds = await self._seconds_to_next()
        self._leadership.record_step()
        self._log_recovery()
        return seconds

    async def _wait(self, seconds: float) -> None:
        listening = asyncio.create_task(self._listener.wait(seconds))
        try:
            await self._tasks.wait_for_any(listening)
            if listening.done():
                listening.result()
        finally:
            listening.cancel()

    def _forget_finished(self) -> None:
        """Forget finished tasks and log those that failed. Raises Unauthorized."""
        while True:
            try:
                return self._tasks.forget_finished()
            except Unauthorized:
                raise
            except Exception as error:  # noqa: BLE001 -- it is logged, and the loop goes on
                self._troubles.log(error)

    def _count_failure(self, error: BaseException) -> float:
        """Log and count a failed round; returns the seconds until the next one."""
        self._troubles.log(error, again=self._failures == 0)
        self._failures += 1
        if isinstance(error, StoreUnavailable):
            return self._poll_every
        return min(self._poll_every * 2.0 ** min(self._failures - 1, MAX_DOUBLINGS), LONGEST_BACKOFF)

    def _log_recovery(self) -> None:
        if self._failures:
            log.info("%s: works again, after failed rounds: %d", self._leadership.name, self._failures)
        self._failures = 0

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


class _KnownTroubles:
    """Logs trouble without repeating itself: a traceback for each kind that we do not know, and a line afterwards.

    A kind is the error's class and the line of code that raised it.
    """

    def __init__(self, loop_name: str) -> None:
        self._loop_name = loop_name
        self._logged: set[tuple[type[BaseException], str]] = set()

    def log(self, error: BaseException, *, again: bool = False) -> None:
        """Log `error` if its kind is new; with `again` also if it is known. Of a group each error counts."""
        if isinstance(error, BaseExceptionGroup):
            for each in error.exceptions:
                self.log(each, again=again)
            return
        kind = (type(error), _raised_at(error))
        is_new = kind not in self._logged
        self._logged.add(kind)
        if isinstance(error, StoreUnavailable):
            if is_new or again:
                log.warning("%s: %s", self._loop_name, error)
        elif is_new:
            log.error("%s: something failed; the next round follows", self._loop_name, exc_info=error)
        elif again:
            log.error("%s: it failed again: %s", self._loop_name, describe_briefly(error))


def _raised_at(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__, limit=-1)
    return f"{frames[0].filename}:{frames[0].lineno}" if frames else ""


async def _no_deadline() -> float:
    return math.inf
