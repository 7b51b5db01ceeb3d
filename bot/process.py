"""How a process lives: its works run together until a signal, and end in order. Knows none of the works."""

import asyncio
import gc
import logging
import os
import signal
from collections.abc import Awaitable, Callable, Sequence

EXIT_WITHIN = 8.0  # seconds after a signal

Service = Callable[[], Awaitable[None]]

log = logging.getLogger(__name__)


class CannotStart(Exception):
    """Something outside keeps the program from running; the message is one sentence: what, and what to do."""


def freeze_gc() -> None:
    """Whatever is loaded by now stays: the collector, which stops everybody, need not look at it ever again."""
    gc.freeze()


def stop_on_signals() -> asyncio.Event:
    """An event that SIGTERM or SIGINT sets; whatever hangs is cut off eight seconds later."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()

    def ask() -> None:
        log.info("stopping")
        loop.call_later(EXIT_WITHIN, os._exit, 0)  # every fact is durable, so nothing is lost by it
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ask)
    return stop


async def run_until_stopped(works: Sequence[Service], stop: asyncio.Event) -> None:
    """Run all until `stop`, then end one after the other, in their order. Raises CannotStart where one of them does."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_whole(work)) for work in works]
            log.info("running")
            await stop.wait()
            for task in tasks:
                task.cancel()
                await asyncio.wait([task])
    except BaseExceptionGroup as group_of_errors:
        refused, others = group_of_errors.split(CannotStart)
        if refused is None or others is not None:
            raise
        reasons = sorted({str(error) for error in refused.exceptions})
        raise CannotStart("\n".join(reasons)) from group_of_errors


async def _whole(work: Service) -> None:
    await work()
