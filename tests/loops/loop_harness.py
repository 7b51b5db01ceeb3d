"""A loop over a real store that a test drives by hand."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from bot.leader_loop import LeaderLoop, Leadership, RunningTasks
from bot.metrics import Metrics
from bot.store import Fence, StoreUnavailable
from bot.store.leases import Leases
from tests.loops.factories import make_leadership
from tests.loops.manual_listener import ManualListener
from tests.polling import TIMEOUT
from tests.store.scenario import Scenario

LOGGER = "bot.leader_loop"
LEADS = "loop: this process leads"
AWAY = StoreUnavailable("The database cannot be used: away.")


class Work:
    """A step that records its fences, and raises or does what the test has planned for the next one."""

    def __init__(self) -> None:
        self.fences: list[Fence] = []
        self.trouble: BaseException | None = None

    async def step(self, fence: Fence) -> None:
        self.fences.append(fence)
        if self.trouble is not None:
            raise self.trouble


class FlakyLeases(Leases):
    """Real leases of a store that can be made unavailable."""

    away = False

    async def acquire(self, name: str, holder: str, **values: object) -> Fence | None:
        if self.away:
            raise AWAY
        return await super().acquire(name, holder, **values)  # type: ignore[arg-type]  # passed on

    async def release(self, name: str, holder: str) -> None:
        if self.away:
            raise AWAY
        await super().release(name, holder)


class Harness:
    """A loop over a real store, driven by hand; `rival` is another process that wants to lead."""

    def __init__(self, scenario: Scenario, metrics: Metrics | None = None) -> None:
        self.scenario = scenario
        self.listener, self.work, self.tasks = ManualListener(), Work(), RunningTasks[object]()
        self.leases = FlakyLeases(scenario.store.database)
        self.leadership = Leadership(
            leases=self.leases, clock=scenario.clock, name="loop", holder="us", metrics=metrics
        )
        self.rival = make_leadership(scenario.store, scenario.clock, "loop", "rival")

    @asynccontextmanager
    async def running(
        self, *, seconds_to_next: Callable[[], Awaitable[float]] | None = None, drain_within: float = TIMEOUT
    ) -> AsyncIterator[asyncio.Task[None]]:
        """The loop, after its first step; cancelled at the end, unless the test has done so."""
        loop = LeaderLoop(
            leadership=self.leadership,
            listener=self.listener,
            step=self.work.step,
            seconds_to_next=seconds_to_next,
            tasks=self.tasks,
            drain_within=drain_within,
        )
        task = asyncio.create_task(loop.run())
        await self.listener.waiting()
        yield task
        if not task.cancelling():
            task.cancel()
        await asyncio.wait([task], timeout=TIMEOUT)
        assert task.cancelled()

    async def wake(self, times: int = 1) -> None:
        """Wake the loop, and return when it waits again."""
        for _ in range(times):
            await self.listener.next_wait(self.listener.wake)


async def seconds(number: float) -> float:
    return number
