"""A computing thread lets the event loop run."""

import asyncio
from collections.abc import Callable
from queue import SimpleQueue
from typing import cast

from bot.matchmaker.yield_gil import YIELD_EVERY_S, YieldGil


class FakeEventLoop:
    """An event loop whose time is set by hand; it passes each callback to `take`."""

    def __init__(self, take: Callable[[Callable[[], None]], None]) -> None:
        self.now = 0.0
        self.call_soon_threadsafe = take

    def time(self) -> float:
        return self.now


def yield_to(loop: FakeEventLoop) -> YieldGil:
    return YieldGil(cast(asyncio.AbstractEventLoop, loop))


async def test_the_thread_waits_until_the_loop_has_run() -> None:
    """It waits however long that takes."""
    callbacks: SimpleQueue[Callable[[], None]] = SimpleQueue()
    yield_gil = yield_to(FakeEventLoop(callbacks.put))
    order: list[str] = []

    def compute() -> None:
        yield_gil()
        order.append("the thread")

    computing = asyncio.create_task(asyncio.to_thread(compute))
    let_go = await asyncio.to_thread(callbacks.get)
    for _ in range(1000):
        await asyncio.sleep(0)
    order.append("the loop")
    let_go()
    await computing
    assert order == ["the loop", "the thread"]


def test_the_loop_runs_every_few_milliseconds() -> None:
    """It runs no more often than that, however often the thread yields."""
    yields: list[float] = []

    def take(callback: Callable[[], None]) -> None:
        yields.append(loop.now)
        callback()

    loop = FakeEventLoop(take)
    yield_gil = yield_to(loop)
    for share in (0, 0.5, 0.9, 1, 1.5, 2.5):
        loop.now = share * YIELD_EVERY_S
        yield_gil()
    assert yields == [0, YIELD_EVERY_S, 2.5 * YIELD_EVERY_S]
