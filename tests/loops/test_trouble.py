"""Trouble in a loop: what is logged, what follows, and the one thing that ends a loop."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import pytest

from bot.domain.message import Unauthorized
from bot.leader_loop import POLL_EVERY, LeaderLoop
from tests.loops.loop_harness import AWAY, LEADS, LOGGER, Harness, seconds
from tests.polling import TIMEOUT
from tests.store.scenario import Scenario


@pytest.fixture
def harness(scenario: Scenario) -> Harness:
    return Harness(scenario)


async def ends_with(task: asyncio.Task[None]) -> BaseException | None:
    """The exception that a loop raises."""
    async with asyncio.timeout(TIMEOUT):
        await asyncio.wait([task])
    return task.exception()


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
        (logging.INFO, "loop: works again, after failed rounds: 3"),
    ]
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.INFO, LEADS),
        *expected * 2,
    ]
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
        (LEADS, False),
        ("loop: something failed; the next round follows", True),
        ("loop: works again, after failed rounds: 8", False),
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
        assert len(list(harness.tasks)) == 0
    assert caplog.messages == ["loop: something failed; the next round follows"]


async def test_a_refused_token_ends_the_loop(harness: Harness) -> None:
    """No round can succeed any more: it is raised, and the lease is released."""
    harness.work.trouble = Unauthorized()
    loop = LeaderLoop(leadership=harness.leadership, listener=harness.listener, step=harness.work.step)
    assert isinstance(await ends_with(asyncio.create_task(loop.run())), Unauthorized)
    assert await harness.rival.acquire() is not None


async def test_a_task_with_a_refused_token_ends_the_loop(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    """The other tasks are drained first, and the lease is released. Who waits for the loop tells it, once."""
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
        raise Unauthorized

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
    assert caplog.messages == []
    assert await harness.rival.acquire() is not None
