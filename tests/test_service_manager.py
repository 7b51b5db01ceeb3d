"""What systemd hears of a process, over a real socket as it makes one."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from bot.readiness import CHECK_EVERY, NotYet, Readiness
from bot.service_manager import ServiceManager
from bot.store import Store
from tests.clocks import VirtualClock
from tests.notify_socket import NotifySocket

WATCHDOG = "60000000"  # microseconds: a minute


@pytest.fixture(params=["file", "abstract"])
def listening(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NotifySocket]:
    """A service manager's socket: a file, or a name without one."""
    opened = NotifySocket(str(tmp_path / "notify") if request.param == "file" else f"@{tmp_path.name}")
    yield opened
    opened.close()


async def let_pass(clock: VirtualClock, seconds: int) -> None:
    """Let the time pass, and whoever sleeps act on it."""
    clock.pass_time(seconds=seconds)
    await clock.wait_for_sleeper()


@asynccontextmanager
async def running(environment: Mapping[str, str], clock: VirtualClock) -> AsyncIterator[None]:
    """The signs of life of a process that runs, until it is stopped."""
    task = asyncio.create_task(ServiceManager(environment, clock).run())
    await clock.wait_for_sleeper()
    yield
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()


def test_the_state_is_reported_and_starts_the_service(listening: NotifySocket, clock: VirtualClock) -> None:
    """The service manager starts what depends on us only then, and shows the line in `systemctl status`."""
    manager = ServiceManager({"NOTIFY_SOCKET": listening.address}, clock)
    manager.report("not ready: video")
    assert listening.received() == ["READY=1\nSTATUS=not ready: video"]


async def test_signs_of_life_come_three_times_as_often_as_asked_for(
    listening: NotifySocket, clock: VirtualClock
) -> None:
    """One may get lost or be late."""
    asked = {"NOTIFY_SOCKET": listening.address, "WATCHDOG_USEC": WATCHDOG, "WATCHDOG_PID": str(os.getpid())}
    async with running(asked, clock):
        assert listening.received() == ["WATCHDOG=1"]
        await let_pass(clock, 19)
        assert listening.received() == []
        for _ in range(3):
            await let_pass(clock, 20)
        assert listening.received() == ["WATCHDOG=1"] * 3
    assert listening.received() == ["STOPPING=1"]


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"WATCHDOG_USEC": ""},
        {"WATCHDOG_USEC": "soon"},
        {"WATCHDOG_USEC": "0"},
        {"WATCHDOG_USEC": WATCHDOG, "WATCHDOG_PID": str(os.getppid())},
    ],
)
async def test_no_signs_of_life_come_where_nobody_asks_for_them(
    listening: NotifySocket, clock: VirtualClock, asked: dict[str, str]
) -> None:
    """Only the end is told, also where it is another process from which they are wanted."""
    async with running({"NOTIFY_SOCKET": listening.address} | asked, clock):
        await let_pass(clock, 7200)
        assert listening.received() == []
    assert listening.received() == ["STOPPING=1"]


async def test_a_service_manager_that_is_gone_disturbs_nobody(clock: VirtualClock, tmp_path: Path) -> None:
    """Nor does one that was never there."""
    for environment in ({}, {"NOTIFY_SOCKET": str(tmp_path / "gone"), "WATCHDOG_USEC": WATCHDOG}):
        ServiceManager(environment, clock).report("ready")
        async with running(environment, clock):
            await let_pass(clock, 60)


async def test_the_state_is_reported_when_it_is_known_and_when_it_changes(store: Store, clock: VirtualClock) -> None:
    """In the words of the log: what is on its way counts only once it lasts."""
    states: list[str] = []
    on_its_way = NotYet("The connection is being made.")
    reasons: dict[str, str | None] = {"gateway": on_its_way, "video": None}

    async def problem(word: str) -> str | None:
        return reasons[word]

    readiness = Readiness(store=store, clock=clock, holder="us", report=states.append)
    for word in reasons:
        readiness.require(word, partial(problem, word))
    task = asyncio.create_task(readiness.run("all parts"))
    await clock.wait_for_sleeper(CHECK_EVERY)
    assert states == []
    for gateway, video, state in [
        (None, None, "ready: all parts"),
        (on_its_way, None, "ready: all parts"),
        ("It is down.", "It is down.", "not ready: video, gateway"),
        ("It is down.", None, "not ready: gateway"),
        (None, None, "ready: all parts"),
    ]:
        reasons.update(gateway=gateway, video=video)
        clock.pass_time(seconds=CHECK_EVERY)
        await clock.wait_for_sleeper(CHECK_EVERY)
        assert states[-1] == state
    task.cancel()
    await asyncio.wait([task])
    assert states == ["ready: all parts", "not ready: video, gateway", "not ready: gateway", "ready: all parts"]
