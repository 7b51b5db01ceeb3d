"""Run the services of a process together until a signal, then end them in order. Knows no particular service."""

import asyncio
import gc
import logging
import os
import resource
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack

from bot import exit_status

EXIT_WITHIN = 8.0  # seconds after a signal or after a service has failed
MOST_DESCRIPTORS = 65_536
STOPS_BY = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

Service = Callable[[], Awaitable[None]]
"""A coroutine function that runs until cancelled, then cleans up."""

log = logging.getLogger(__name__)


class CannotStart(Exception):
    """Something outside prevents the program from running. The message is one sentence: what is wrong, what to do."""


def freeze_gc() -> None:
    """Freeze the garbage collector: objects loaded so far are never scanned again, which keeps its pauses short."""
    gc.freeze()


def descriptor_limit() -> int:
    """How many files and sockets this process may have open at the same time, as far as we make use of it."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_DESCRIPTORS if soft == resource.RLIM_INFINITY else min(soft, MOST_DESCRIPTORS)


def raise_descriptor_limit() -> None:
    """Let this process open as many files and sockets as its user may, `MOST_DESCRIPTORS` at most."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MOST_DESCRIPTORS)
    if descriptor_limit() < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def stop_on_signals() -> asyncio.Event:
    """Return an event that a signal of `STOPS_BY` sets.

    Installs handlers for them, except for those that are ignored, as SIGHUP is under nohup. `EXIT_WITHIN` seconds after
    a signal the process exits with status 0, even if something hangs.
    """
    loop, stop = asyncio.get_running_loop(), asyncio.Event()

    def request_stop() -> None:
        log.info("stopping")
        loop.call_later(EXIT_WITHIN, _exit_cut_short)
        stop.set()

    for number in STOPS_BY:
        if signal.getsignal(number) is not signal.SIG_IGN:
            loop.add_signal_handler(number, request_stop)
    return stop


def _exit_cut_short() -> None:
    """Safe at any time: the store commits every write durably."""
    log.warning("stopped, although not everything has ended within %.0f seconds", EXIT_WITHIN)
    os._exit(exit_status.DONE)


def raise_if_cancelled() -> None:
    """Raise CancelledError if the current task was cancelled.

    For loops that catch errors and go on: an error that is raised while a task is being cancelled takes the place of
    the cancellation, and the loop would never end.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling() > 0:
        raise asyncio.CancelledError


async def run_until_stopped(services: Sequence[Service], stop: asyncio.Event) -> None:
    """Run all services until `stop` is set, then cancel and await them one after the other, in their order.

    The first exception of a service cancels all others. Raises CannotStart if nothing else was raised, with each
    different reason on its own line; otherwise raises an exception group. If the others have not ended `EXIT_WITHIN`
    seconds later, the process exits with status `TROUBLE`: a supervisor can start it again.
    """
    try:
        with ExitStack() as at_end:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(_run_service(service, at_end)) for service in services]
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
    log.info("stopped")


async def _run_service(service: Service, at_end: ExitStack) -> None:
    """Run `service`. If it fails, the process exits after `EXIT_WITHIN` seconds, unless `at_end` is closed before."""
    try:
        await service()
    except Exception as error:
        timer = asyncio.get_running_loop().call_later(EXIT_WITHIN, _exit_unstopped, error)
        at_end.callback(timer.cancel)
        raise


def _exit_unstopped(error: Exception) -> None:
    log.critical("something didn't stop within %.0f seconds after this: %s", EXIT_WITHIN, error)
    os._exit(exit_status.TROUBLE)
