"""A loop under a lease: when it steps, and how it stops."""

import asyncio
import logging
import math

import pytest

from bot.leader_loop import POLL_EVERY, RENEW_EVERY, Leadership
from bot.metrics import Metrics
from bot.store import Fence, LostLease, StoreUnavailable
from bot.store.leases import LEASE_LENGTH
from tests.loops.factories import make_leadership
from tests.loops.loop_harness import LEADS, LOGGER, Harness, seconds
from tests.metric_samples import counted, name_of, read_samples
from tests.store.scenario import Scenario


@pytest.fixture
def harness(scenario: Scenario) -> Harness:
    return Harness(scenario)


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
        assert len(list(harness.tasks)) == 0
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


async def test_who_leads_is_logged_when_it_changes(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    """Not at every poll, nor at every renewal of the lease."""
    caplog.set_level(logging.INFO, LOGGER)
    assert await harness.rival.acquire() is not None
    caplog.clear()
    async with harness.running(seconds_to_next=lambda: seconds(0)):
        await harness.wake(times=3)
        assert caplog.messages == ["loop: another process leads"]
        await harness.rival.resign()
        for _ in range(3):
            await harness.wake()
            harness.scenario.clock.pass_time(seconds=RENEW_EVERY.total_seconds())
    assert caplog.messages == ["loop: another process leads", LEADS]


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
    assert caplog.messages == [LEADS, "loop: stopped with 1 tasks unfinished"]
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
    assert caplog.messages == [LEADS, "loop: the store is unavailable, the lease has to expire by itself"]
    assert await harness.rival.acquire() is None
    harness.scenario.clock.set(harness.scenario.clock.now() + LEASE_LENGTH)
    assert await harness.rival.acquire() is not None


def leads(metrics: Metrics, loop: str = "loop") -> float:
    """Whether the metrics say that this process leads."""
    return {name_of(each): each.value for each in read_samples(metrics.as_text().decode())}[f"loop_leader {loop}"]


async def test_the_metrics_show_who_leads(scenario: Scenario, metrics: Metrics) -> None:
    """From the lease until it is given back; two processes never say so at the same time."""
    others = Metrics()
    ours = make_leadership(scenario.store, scenario.clock, "loop", "us", metrics)
    theirs = make_leadership(scenario.store, scenario.clock, "loop", "rival", others)
    shown = [(leads(metrics), leads(others))]
    for each in (ours, theirs):
        await each.acquire()
        shown.append((leads(metrics), leads(others)))
    await ours.resign()
    shown.append((leads(metrics), leads(others)))
    await theirs.acquire()
    shown.append((leads(metrics), leads(others)))
    assert shown == [(0, 0), (1, 0), (1, 0), (0, 0), (0, 1)]


async def test_a_lease_that_cannot_be_renewed_is_over_in_the_metrics_too(harness: Harness, metrics: Metrics) -> None:
    """A process that was frozen, or whose database is away, does not claim to lead for ever."""
    leadership = Leadership(
        leases=harness.leases, clock=harness.scenario.clock, name="loop", holder="us", metrics=metrics
    )
    await leadership.acquire()
    harness.leases.away = True
    harness.scenario.clock.pass_time(seconds=LEASE_LENGTH.total_seconds() - 1)
    with pytest.raises(StoreUnavailable):
        await leadership.acquire()
    before = leads(metrics)
    harness.scenario.clock.pass_time(seconds=1)
    assert (before, leads(metrics)) == (1, 0)


async def test_a_lost_lease_is_over_in_the_metrics(scenario: Scenario, metrics: Metrics) -> None:
    """As soon as a write was refused."""
    leadership = make_leadership(scenario.store, scenario.clock, "loop", "us", metrics)
    await leadership.acquire()
    leadership.mark_lost()
    assert leads(metrics) == 0


async def test_the_metrics_show_when_a_round_was_last_finished(scenario: Scenario, metrics: Metrics) -> None:
    """0 before the first one; a round that fails changes nothing."""
    harness = Harness(scenario, metrics)
    times = [counted(metrics, without=("process_", "database_", "loop_leader"))]
    async with harness.running():
        finished = scenario.clock.now().timestamp()
        times.append(counted(metrics, without=("process_", "database_", "loop_leader")))
        scenario.clock.pass_time(seconds=2)
        harness.work.trouble = RuntimeError("a bug")
        await harness.wake()
        times.append(counted(metrics, without=("process_", "database_", "loop_leader")))
        harness.work.trouble = None
    shown = {"loop_last_round_timestamp_seconds loop": finished}
    assert times == [{}, shown, shown]


async def _until(event: asyncio.Event) -> None:
    await event.wait()
