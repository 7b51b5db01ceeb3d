"""A loop under a lease: when it steps, what ends it, and how it stops."""

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from bot.domain.message import Unauthorized
from bot.leader_loop import POLL_EVERY, RENEW_EVERY, LeaderLoop, Leadership, RunningTasks
from bot.store import Fence, LostLease, StoreUnavailable
from bot.store.leases import LEASE_LENGTH, Leases
from tests.loops.factories import make_leadership
from tests.loops.manual_listener import ManualListener
from tests.store.scenario import Scenario

LOGGER = "bot.leader_loop"
SOON = 5  # seconds
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

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.listener, self.work, self.tasks = ManualListener(), Work(), RunningTasks()
        self.leases = FlakyLeases(scenario.store.database)
        self.leadership = Leadership(leases=self.leases, clock=scenario.clock, name="loop", holder="us")
        self.rival = make_leadership(scenario.store, scenario.clock, "loop", "rival")

    @asynccontextmanager
    async def running(
        self, *, seconds_to_next: Callable[[], Awaitable[float]] | None = None, drain_within: float = SOON
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
        await asyncio.wait([task], timeout=SOON)
        assert task.cancelled()

    async def wake(self, times: int = 1) -> None:
        """Wake the loop, and return when it waits again."""
        for _ in range(times):
            await self.listener.next_wait(self.listener.wake)


@pytest.fixture
def harness(scenario: Scenario) -> Harness:
    return Harness(scenario)


async def seconds(number: float) -> float:
    return number


async def ends_with(task: asyncio.Task[None]) -> BaseException | None:
    """The exception that a loop raises."""
    async with asyncio.timeout(SOON):
        await asyncio.wait([task])
    return task.exception()


async def test_a_step_follows_each_wake(harness: Harness) -> None:
    """One when the loop starts, one for each wake, all under the same fence."""
    async with harness.running():
        await harness.wake(times=3)
    assert len(harness.work.fences) == 4
    assert len(set(harness.work.fences)) == 1


@pytest.mark.parametrize(("deadline", "wait"), [(0.25, 0.25), (60.0, POLL_EVERY), (None, POLL_EVERY)])
async def test_the_loop_waits_for_its_deadline_but_never_longer_than_it_polls(
    harness: Harness, deadline: float | None, wait: float
) -> None:
    """The time that the loop computes counts when it is the shorter one."""
    async with harness.running(seconds_to_next=None if deadline is None else lambda: seconds(deadline)):
        await harness.wake()
    assert harness.listener.waits == [wait, wait]


async def test_a_step_follows_when_a_task_ends(harness: Harness) -> None:
    """Work that outlives its step wakes the loop, and is forgotten then."""
    go_on = asyncio.Event()
    async with harness.running():
        harness.tasks.start("key", _until(go_on), name="a task")
        await harness.wake()
        assert "key" in harness.tasks
        await harness.listener.next_wait(go_on.set)
        assert len(harness.tasks) == 0
    assert len(harness.work.fences) == 3


async def test_the_lease_is_renewed_in_time(harness: Harness) -> None:
    """A rival gets no lease while the loop runs, however long; the fence stays the same."""
    async with harness.running():
        for _ in range(10):
            harness.scenario.clock.pass_time(seconds=RENEW_EVERY.total_seconds())
            await harness.wake()
            assert await harness.rival.acquire() is None
    assert len(set(harness.work.fences)) == 1


async def test_a_follower_does_nothing_until_the_leader_resigns(harness: Harness) -> None:
    """It tries again at every poll, and then leads immediately."""
    assert await harness.rival.acquire() is not None
    async with harness.running(seconds_to_next=lambda: seconds(0)):
        await harness.wake()
        assert harness.work.fences == []
        await harness.rival.resign()
        await harness.wake()
        assert len(harness.work.fences) == 1
    assert harness.listener.waits == [POLL_EVERY, POLL_EVERY, 0]


async def test_a_lost_lease_makes_a_follower(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    """The loop goes on without steps, logs that once, and leads again under a new fence when the other has stopped."""
    async with harness.running():
        harness.scenario.clock.set(harness.scenario.clock.now() + LEASE_LENGTH)
        assert await harness.rival.acquire() is not None
        harness.leadership._renew_at = math.inf  # it still believes it leads
        harness.work.trouble = LostLease("another leads")
        await harness.wake()
        harness.work.trouble = None
        await harness.wake(times=2)
        assert len(harness.work.fences) == 2
        await harness.rival.resign()
        await harness.wake()
    assert len(harness.work.fences) == 3
    assert harness.work.fences[0].number < harness.work.fences[2].number
    assert caplog.messages == ["loop: lost the lease: another process leads, or the clock was corrected"]


async def _lease_away(harness: Harness, away: bool) -> None:
    harness.leases.away = away
    harness.leadership.mark_lost()


async def _step_away(harness: Harness, away: bool) -> None:
    harness.work.trouble = AWAY if away else None


@pytest.mark.parametrize("make_away", [_lease_away, _step_away])
async def test_an_unavailable_store_is_logged_once_and_its_return_once(
    harness: Harness, caplog: pytest.LogCaptureFixture, make_away: Callable[[Harness, bool], Awaitable[None]]
) -> None:
    """Meanwhile the loop polls; afterwards it works as before."""
    with caplog.at_level(logging.INFO, LOGGER):
        async with harness.running(seconds_to_next=lambda: seconds(0)):
            for _ in range(2):
                await make_away(harness, True)
                await harness.wake(times=3)
                await make_away(harness, False)
                await harness.wake(times=2)
    expected = [
        (logging.WARNING, f"loop: {AWAY}"),
        (logging.INFO, "loop: a round succeeded again after 3 failed"),
    ]
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == expected * 2
    assert harness.listener.waits == [0, *[POLL_EVERY] * 3, 0, 0, *[POLL_EVERY] * 3, 0, 0]


async def test_a_deadline_that_cannot_be_read_ends_nothing(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    """The store may fail between a step and the computation of the next deadline."""

    async def ask() -> float:
        raise AWAY

    async with harness.running(seconds_to_next=ask):
        await harness.wake()
    assert harness.listener.waits == [POLL_EVERY, POLL_EVERY]
    assert caplog.messages == [f"loop: {AWAY}"]


@pytest.mark.parametrize(
    ("error", "named"),
    [
        (ZeroDivisionError(), "ZeroDivisionError"),
        (KeyError("x"), "KeyError"),
        (ExceptionGroup("", [OSError()]), "OSError"),
        (asyncio.CancelledError(), "CancelledError"),
    ],
)
async def test_trouble_in_a_step_does_not_end_the_loop(
    harness: Harness, caplog: pytest.LogCaptureFixture, error: BaseException, named: str
) -> None:
    """The next rounds follow after growing pauses; its traceback is logged once, and so is the recovery."""
    harness.work.trouble = error
    with caplog.at_level(logging.INFO, LOGGER):
        async with harness.running():
            await harness.wake(times=7)
            assert harness.listener.waits == [1, 2, 4, 8, 16, 30, 30, 30]
            harness.work.trouble = None
            await harness.wake()
            harness.work.trouble = error
            await harness.wake()
    assert harness.listener.waits[-2:] == [POLL_EVERY, 1]
    assert [(record.getMessage(), record.exc_info is not None) for record in caplog.records] == [
        ("loop: something failed; the next round follows", True),
        ("loop: a round succeeded again after 8 failed", False),
        (f"loop: it failed again: {named}", False),
    ]


async def test_years_of_trouble_do_not_end_the_loop(harness: Harness) -> None:
    """The pause is computed without overflowing."""
    harness.work.trouble = ZeroDivisionError()
    loop = LeaderLoop(leadership=harness.leadership, listener=harness.listener, step=harness.work.step)
    loop._failures = 10**9
    running = asyncio.create_task(loop.run())
    await harness.listener.waiting_for(30.0)
    running.cancel()
    await asyncio.wait([running])
    assert running.cancelled()


async def test_a_loop_that_fails_leaves_the_lead_to_another_process(harness: Harness) -> None:
    """Its pauses become longer than a lease."""
    harness.work.trouble = ZeroDivisionError()
    async with harness.running():
        await harness.wake(times=5)
        harness.scenario.clock.pass_time(seconds=harness.listener.waits[-1])
        assert await harness.rival.acquire() is not None


async def test_a_finished_round_is_stored_with_the_next_renewal(harness: Harness) -> None:
    """A round that fails is no finished round."""
    clock = harness.scenario.clock
    first = clock.now()
    async with harness.running():
        clock.pass_time(seconds=RENEW_EVERY.total_seconds())
        harness.work.trouble = ZeroDivisionError()
        await harness.wake()
        clock.pass_time(seconds=RENEW_EVERY.total_seconds())
        await harness.wake()
        [lease] = await harness.leases.read_all()
        assert (lease.name, lease.holder, lease.stepped_at) == ("loop", "us", first)
        harness.work.trouble = None
        await harness.wake()
        finished = clock.now()
        clock.pass_time(seconds=RENEW_EVERY.total_seconds())
        await harness.wake()
        [lease] = await harness.leases.read_all()
        assert lease.stepped_at == finished


@pytest.mark.parametrize("hours", [-1, 1])
async def test_a_corrected_clock_stops_no_loop(harness: Harness, hours: int) -> None:
    """The lease is renewed as time passes, whatever the time of day."""
    clock = harness.scenario.clock
    async with harness.running():
        clock.correct(hours=hours)
        clock.pass_time(seconds=RENEW_EVERY.total_seconds())
        await harness.wake()
        [lease] = await harness.leases.read_all()
    assert len(harness.work.fences) == 2
    assert lease.expires_at == clock.now() + LEASE_LENGTH


async def test_trouble_of_tasks_is_logged_and_forgotten(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    """All of them are forgotten in the same round; one that was cancelled is no trouble."""

    async def fail() -> None:
        raise ZeroDivisionError

    async def stop() -> None:
        raise asyncio.CancelledError

    async with harness.running():
        for key, work in enumerate((fail(), fail(), stop())):
            harness.tasks.start(key, work, name="a task")
        await harness.wake(times=2)
        assert len(harness.tasks) == 0
    assert caplog.messages == ["loop: something failed; the next round follows"]


async def test_a_refused_token_ends_the_loop(harness: Harness) -> None:
    """No round can succeed any more: it is raised, and the lease is released."""
    harness.work.trouble = Unauthorized()
    loop = LeaderLoop(leadership=harness.leadership, listener=harness.listener, step=harness.work.step)
    assert isinstance(await ends_with(asyncio.create_task(loop.run())), Unauthorized)
    assert await harness.rival.acquire() is not None


async def test_a_task_with_a_refused_token_ends_the_loop(harness: Harness) -> None:
    """The other tasks are drained first, and the lease is released."""
    error = Unauthorized()
    drained: list[str] = []
    go_on = asyncio.Event()

    async def fail() -> None:
        await go_on.wait()
        raise error

    async def finish() -> None:
        await go_on.wait()
        await asyncio.sleep(0)
        drained.append("finished")

    loop = LeaderLoop(
        leadership=harness.leadership, listener=harness.listener, step=harness.work.step, tasks=harness.tasks
    )
    running = asyncio.create_task(loop.run())
    await harness.listener.waiting()
    harness.tasks.start("fails", fail(), name="fails")
    harness.tasks.start("finishes", finish(), name="finishes")
    await harness.wake()
    go_on.set()
    assert await ends_with(running) is error
    assert drained == ["finished"]
    assert await harness.rival.acquire() is not None


async def test_a_stop_waits_for_the_tasks_and_then_resigns(harness: Harness) -> None:
    """Running tasks finish under the lease; only then may another process lead."""
    go_on = asyncio.Event()
    seen: list[Fence | None] = []

    async def finish() -> None:
        await go_on.wait()
        seen.append(await harness.rival.acquire())

    async with harness.running() as running:
        harness.tasks.start("key", finish(), name="a task")
        running.cancel()
        await asyncio.sleep(0)
        go_on.set()
    assert seen == [None]
    assert await harness.rival.acquire() is not None


async def test_a_drain_is_cut_short(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    """Tasks that do not end in time are cancelled and counted in the log; the lease is free all the same."""
    ended: list[str] = []

    async def hang() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")

    with caplog.at_level(logging.INFO, LOGGER):
        async with harness.running(drain_within=0):
            harness.tasks.start("key", hang(), name="a task")
            await harness.wake()
    assert ended == ["cancelled"]
    assert caplog.messages == ["loop: stopped with 1 tasks unfinished"]
    assert await harness.rival.acquire() is not None


async def test_a_second_cancel_cuts_a_drain_short(harness: Harness) -> None:
    """No task outlives the loop, and the lease is free."""
    ended: list[str] = []

    async def hang() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")

    async with harness.running(drain_within=600) as running:
        harness.tasks.start("key", hang(), name="a task")
        await harness.wake()
        running.cancel()
        await asyncio.sleep(0)
        running.cancel()
    assert ended == ["cancelled"]
    assert await harness.rival.acquire() is not None


async def test_a_task_that_fails_during_the_stop_is_logged(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    """The stop goes on; the traceback is in the log."""
    go_on = asyncio.Event()

    async def fail() -> None:
        await go_on.wait()
        raise ZeroDivisionError

    async with harness.running() as running:
        harness.tasks.start("key", fail(), name="message 7")
        running.cancel()
        await asyncio.sleep(0)
        go_on.set()
    (record,) = caplog.records
    assert (record.levelno, record.getMessage()) == (logging.ERROR, "message 7 failed while stopping")
    assert record.exc_info is not None
    assert await harness.rival.acquire() is not None


async def test_a_stop_needs_no_store(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    """If the lease cannot be released, it expires by itself."""
    with caplog.at_level(logging.INFO, LOGGER):
        async with harness.running():
            harness.leases.away = True
    assert caplog.messages == ["loop: the store is unavailable, the lease has to expire by itself"]
    assert await harness.rival.acquire() is None
    harness.scenario.clock.set(harness.scenario.clock.now() + LEASE_LENGTH)
    assert await harness.rival.acquire() is not None


async def _until(event: asyncio.Event) -> None:
    await event.wait()
