"""Failed attempts are counted by client, exactly, over all processes, and only for a minute."""

import asyncio
from datetime import datetime, timedelta

import pytest

from bot.clock import new_id
from bot.domain.invitation import FAILURES_PER_WINDOW, FAILURES_WINDOW
from bot.store import Store
from tests.clocks import VirtualClock

CLIENT, OTHER = b"client", b"other client"


async def fail(store: Store, clock: VirtualClock, client: bytes = CLIENT) -> datetime | None:
    """Record one failed attempt now."""
    return await store.failed_attempts.record(new_id(clock), client, clock.now())


async def test_the_window_slides(store: Store, clock: VirtualClock) -> None:
    """The attempt after the limit waits until the first one is a minute old; refusals do not count."""
    began = clock.now()
    for _ in range(FAILURES_PER_WINDOW):
        assert await fail(store, clock) is None
        clock.pass_time(seconds=1)
    assert [await fail(store, clock) for _ in range(3)] == [began + FAILURES_WINDOW] * 3
    assert await fail(store, clock, OTHER) is None
    clock.pass_time(seconds=FAILURES_WINDOW.total_seconds() - FAILURES_PER_WINDOW - 0.001)
    assert await fail(store, clock) == began + FAILURES_WINDOW
    clock.pass_time(seconds=0.001)
    assert await fail(store, clock) is None
    assert await fail(store, clock) == began + timedelta(seconds=1) + FAILURES_WINDOW


async def test_two_processes_count_together(store: Store, second_store: Store, clock: VirtualClock) -> None:
    """Of a hundred attempts that fail at the same moment in two processes, no more than the limit count."""
    stores = [store, second_store] * 50
    told = await asyncio.gather(*(fail(each, clock) for each in stores))
    assert told.count(None) == FAILURES_PER_WINDOW
    assert {*told} == {None, clock.now() + FAILURES_WINDOW}


async def test_a_restart_forgets_nothing(store: Store, second_store: Store, clock: VirtualClock) -> None:
    """A client that is refused by one process is refused by one that starts later."""
    for _ in range(FAILURES_PER_WINDOW):
        await fail(store, clock)
    assert await fail(second_store, clock) == clock.now() + FAILURES_WINDOW


@pytest.mark.parametrize("hours", [-1, 1])
async def test_a_corrected_clock_locks_nobody_out(store: Store, clock: VirtualClock, hours: int) -> None:
    """What was counted by a clock that was wrong does not count by the right one."""
    for _ in range(FAILURES_PER_WINDOW):
        await fail(store, clock)
    clock.correct(hours=hours)
    assert await fail(store, clock) is None


async def test_clocks_of_two_machines_differ_a_little(store: Store, second_store: Store, clock: VirtualClock) -> None:
    """What a process counts whose clock is some seconds ahead counts for the other one as well."""
    ahead = clock.now() + timedelta(seconds=5)
    for _ in range(FAILURES_PER_WINDOW):
        assert await second_store.failed_attempts.record(new_id(clock), CLIENT, ahead) is None
    assert await fail(store, clock) == ahead + FAILURES_WINDOW
