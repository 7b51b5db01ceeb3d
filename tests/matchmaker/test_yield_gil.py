"""A thread that computes gives the event loop its turn."""

import asyncio
from collections.abc import Callable
from queue import SimpleQueue
from typing import cast

from bot.matchmaker.yield_gil import YIELD_EVERY_S, YieldGil


class Loop:
    """An event loop whose time is set by hand; what it is asked to call it gives to `take`."""

    def __init__(self, take: Callable[[Callable[[], None]], None]) -> None:
        self.now = 0.0
        self.call_soon_threadsafe = take

    def time(self) -> float:
        return self.now

    def turn(self) -> YieldGil:
        """The turn of this loop."""
        return YieldGil(cast(asyncio.AbstractEventLoop, self))


async def test_the_thread_goes_on_when_the_loop_has_gone_round() -> None:
    """However long that takes."""
    asked: SimpleQueue[Callable[[], None]] = SimpleQueue()
    turn = Loop(asked.put).turn()
    order: list[str] = []

    def compute() -> None:
        turn()
        order.append("the thread")

    computing = asyncio.create_task(asyncio.to_thread(compute))
    go_round = await asyncio.to_thread(asked.get)
    for _ in range(1000):
        await asyncio.sleep(0)
    order.append("the loop")
    go_round()
    await computing
    assert order == ["the loop", "the thread"]


def test_the_loop_has_its_turn_every_few_milliseconds() -> None:
    """However often the thread offers it."""
    turns: list[float] = []

    def take(go_round: Callable[[], None]) -> None:
        turns.append(loop.now)
        go_round()

    loop = Loop(take)
    turn = loop.turn()
    for share in (0, 0.5, 0.9, 1, 1.5, 2.5):
        loop.now = share * YIELD_EVERY_S
        turn()
    assert turns == [0, YIELD_EVERY_S, 2.5 * YIELD_EVERY_S]
