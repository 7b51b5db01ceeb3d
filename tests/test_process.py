"""Services run together and end in order; a reason not to start is one sentence."""

import asyncio
import gc
import os
import resource
from contextlib import suppress
from typing import Any

import pytest

from bot import exit_status, process
from bot.process import (
    MOST_DESCRIPTORS,
    CannotStart,
    Service,
    descriptor_limit,
    freeze_gc,
    raise_descriptor_limit,
    run_until_stopped,
)


def endless_service(name: str, ended: list[str]) -> Service:
    """A service that records its end, which takes a moment."""

    async def run() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append(name)

    return run


def failing_services(*errors: Exception) -> list[Service]:
    """One service for each error, which raises it at once."""

    def failing(error: Exception) -> Service:
        async def run() -> None:
            raise error

        return run

    return [failing(error) for error in errors]


async def test_services_end_one_after_the_other() -> None:
    """Services that take on new work end before those needed to finish it."""
    ended: list[str] = []
    stop = asyncio.Event()
    running = asyncio.create_task(
        run_until_stopped([endless_service(name, ended) for name in ("page", "courier", "chat")], stop)
    )
    await asyncio.sleep(0)
    stop.set()
    await running
    assert ended == ["page", "courier", "chat"]


async def test_a_service_that_cannot_start_ends_all() -> None:
    """The others end too, and the caller sees one exception, not a group."""
    ended: list[str] = []
    with pytest.raises(CannotStart, match=r"^the port is taken$"):
        await run_until_stopped(
            [endless_service("chat", ended), *failing_services(CannotStart("the port is taken"))], asyncio.Event()
        )
    assert ended == ["chat"]


async def test_after_a_failure_nothing_keeps_the_process_running(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """If a service does not end in time, the process exits, and the log says why."""
    exited = asyncio.Event()
    statuses: list[int] = []

    def exit_process(status: int) -> None:
        statuses.append(status)
        exited.set()

    async def ignore_cancellation() -> None:
        while not exited.is_set():
            with suppress(asyncio.CancelledError):
                await exited.wait()

    monkeypatch.setattr(os, "_exit", exit_process)
    monkeypatch.setattr(process, "EXIT_WITHIN", 0.01)
    services = [ignore_cancellation, *failing_services(CannotStart("the port is taken"))]
    with pytest.raises(CannotStart):
        await run_until_stopped(services, asyncio.Event())
    assert statuses == [exit_status.TROUBLE]
    assert caplog.messages == ["something didn't stop within 0 seconds after this: the port is taken"]


async def test_a_failure_that_ends_everything_exits_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The caller goes on: it may be a program that runs more than the services."""
    timers: list[asyncio.TimerHandle] = []
    loop = asyncio.get_running_loop()
    call_later = loop.call_later

    def record_timer(delay: float, *rest: Any) -> asyncio.TimerHandle:
        timers.append(call_later(delay, *rest))
        return timers[-1]

    monkeypatch.setattr(loop, "call_later", record_timer)
    with pytest.raises(CannotStart):
        await run_until_stopped(failing_services(CannotStart("no port"), CannotStart("no token")), asyncio.Event())
    assert [timer.cancelled() for timer in timers] == [True, True]


async def test_the_same_reason_is_given_once() -> None:
    """Two services that fail for the same reason share a line; each other reason has its own."""
    services = failing_services(CannotStart("no token"), CannotStart("no token"), CannotStart("no port"))
    with pytest.raises(CannotStart, match=r"^no port\nno token$"):
        await run_until_stopped(services, asyncio.Event())


async def test_a_bug_is_never_hidden() -> None:
    """An unexpected exception keeps its traceback, whatever else fails."""
    with pytest.raises(ExceptionGroup) as caught:
        await run_until_stopped(failing_services(CannotStart("no token"), ZeroDivisionError()), asyncio.Event())
    assert caught.group_contains(ZeroDivisionError)


def test_the_garbage_collector_ignores_what_is_frozen() -> None:
    """A full collection scans only what was loaded later."""
    before = len(gc.get_objects())
    freeze_gc()
    after = len(gc.get_objects())
    gc.unfreeze()
    assert after < before / 100


@pytest.mark.parametrize(
    ("soft", "hard", "raised"),
    [
        (1024, 4096, 4096),
        (1024, 1024, 1024),
        (1024, 1_048_576, MOST_DESCRIPTORS),
        (1024, resource.RLIM_INFINITY, MOST_DESCRIPTORS),
        (100_000, 1_048_576, 100_000),
        (resource.RLIM_INFINITY, resource.RLIM_INFINITY, resource.RLIM_INFINITY),
    ],
)
def test_the_limit_of_open_files_is_raised(monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, raised: int) -> None:
    """As far as the machine allows and it is of use; never lowered."""
    limits = {resource.RLIMIT_NOFILE: (soft, hard)}
    monkeypatch.setattr(resource, "getrlimit", limits.__getitem__)
    monkeypatch.setattr(resource, "setrlimit", limits.__setitem__)
    raise_descriptor_limit()
    assert limits[resource.RLIMIT_NOFILE] == (raised, hard)
    assert descriptor_limit() == (MOST_DESCRIPTORS if raised in {resource.RLIM_INFINITY, 100_000} else raised)
