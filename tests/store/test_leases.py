"""Leases: one leader at a time, and a former one writes nothing."""

import asyncio
import signal
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.store import Fence, LostLease
from bot.store.chat_processes import ChatProcess
from bot.store.database import Statement
from bot.store.leases import LEASE_LENGTH, write_fenced
from tests.store.lease_process import LeaseProcess
from tests.store.scenario import Scenario


@pytest.mark.parametrize("is_dead", [True, False])
async def test_what_a_dead_process_has_said_is_forgotten(scenario: Scenario, database: Path, *, is_dead: bool) -> None:
    """As soon as another takes over by the lock that it had; one without proof of its death is remembered."""
    store, now = scenario.store, scenario.clock.now()
    await store.leases.acquire("loop", "killed", now=now)
    await store.readiness.record("killed", {"gateway": "It is being connected."}, now)
    await store.readiness.record("another", {"gateway": None}, now)
    await store.chat_processes.record(ChatProcess(holder="killed", place="here", token_digest="digest"), now)
    if is_dead:
        store.database.unlock("loop", "killed")  # as the kernel does
    else:
        scenario.clock.pass_time(seconds=LEASE_LENGTH.total_seconds())
    assert await store.leases.acquire("loop", "us", now=scenario.clock.now())
    known = [state.holder for state in await store.readiness.read_all()]
    assert known == (["another"] if is_dead else ["another", "killed"])
    us = ChatProcess(holder="us", place="here", token_digest="digest")
    chatting = [seen.process.holder for seen in await store.chat_processes.record(us, now)]
    assert chatting == ([] if is_dead else ["killed"]), "nothing of what Discord allows is left over for it"


async def test_one_holder_leads_until_it_stops(scenario: Scenario) -> None:
    """The holder renews under the same number; the next one, after an end or a release, gets a higher number."""
    leases = scenario.store.leases
    first = await leases.acquire("loop", "a", now=scenario.clock.now())
    assert first is not None
    scenario.clock.pass_time(seconds=LEASE_LENGTH.total_seconds() - 1)
    assert await leases.acquire("loop", "a", now=scenario.clock.now()) == first
    assert await leases.acquire("loop", "b", now=scenario.clock.now()) is None
    await leases.release("loop", "b")
    assert await leases.acquire("loop", "b", now=scenario.clock.now()) is None
    await leases.release("loop", "a")
    second = await leases.acquire("loop", "b", now=scenario.clock.now())
    assert second is not None
    assert second.number == first.number + 1


@pytest.mark.parametrize("lost", ["expired", "taken over", "never held"])
async def test_a_former_leader_writes_nothing(scenario: Scenario, lost: str) -> None:
    """Its whole list is refused, whether or not another already leads."""
    fence = await scenario.fence("loop")
    if lost == "never held":
        fence = Fence(name="another loop", number=fence.number)
    else:
        scenario.clock.pass_time(seconds=LEASE_LENGTH.total_seconds())
    if lost == "taken over":
        await scenario.fence("loop", holder="other")
    store, statement = scenario.store, Statement(name="installation.set", values={"name": "a", "value": "1"})
    with pytest.raises(LostLease):
        await write_fenced(store.database, fence, scenario.clock.now(), [statement])
    assert await store.installation.get("a") is None


async def test_a_holder_that_let_its_lease_expire_leads_under_a_new_number(scenario: Scenario) -> None:
    """Another may have led meanwhile, so writes under the old number are refused."""
    leases = scenario.store.leases
    first = await leases.acquire("loop", "a", now=scenario.clock.now())
    scenario.clock.pass_time(seconds=LEASE_LENGTH.total_seconds())
    again = await leases.acquire("loop", "a", now=scenario.clock.now())
    assert first is not None
    assert again is not None
    assert again.number == first.number + 1


@pytest.mark.parametrize("holder", ["a", "b"])
@pytest.mark.parametrize("hours", [1, 24 * 400])
async def test_a_lease_from_a_clock_that_was_ahead_is_void(scenario: Scenario, holder: str, hours: int) -> None:
    """Whoever asks leads at once, under a new number, and the old number writes nothing."""
    clock, leases = scenario.clock, scenario.store.leases
    scenario.store.database.try_lock("loop", "frozen")  # so that only the time can tell
    clock.correct(hours=hours)
    old = await leases.acquire("loop", "a", now=clock.now())
    clock.correct(hours=-hours)
    new = await leases.acquire("loop", holder, now=clock.now())
    assert old is not None
    assert new is not None
    assert new.number == old.number + 1
    with pytest.raises(LostLease):
        await write_fenced(scenario.store.database, old, clock.now(), [])
    assert await write_fenced(scenario.store.database, new, clock.now(), [])


@pytest.mark.parametrize(("back", "is_void"), [(0.0, False), (5.0, False), (5.001, True), (3600.0, True)])
async def test_a_write_that_waited_does_not_take_the_clock_for_wrong(
    scenario: Scenario, back: float, is_void: bool
) -> None:
    """Its time may be older than the lease by `WRITE_DELAY`: then the lease holds, for its leader and for others."""
    clock, leases = scenario.clock, scenario.store.leases
    scenario.store.database.try_lock("loop", "frozen")
    fence = await leases.acquire("loop", "a", now=clock.now())
    assert fence is not None
    clock.correct(seconds=-back)
    if is_void:
        with pytest.raises(LostLease):
            await write_fenced(scenario.store.database, fence, clock.now(), [])
    else:
        assert await write_fenced(scenario.store.database, fence, clock.now(), [])
    assert (await leases.acquire("loop", "b", now=clock.now()) is not None) == is_void


async def test_a_clock_that_leaps_ahead_ends_a_lease(scenario: Scenario) -> None:
    """Its leader cannot write until it has renewed the lease."""
    clock, leases = scenario.clock, scenario.store.leases
    fence = await leases.acquire("loop", "a", now=clock.now())
    assert fence is not None
    clock.correct(hours=1)
    with pytest.raises(LostLease):
        await write_fenced(scenario.store.database, fence, clock.now(), [])
    again = await leases.acquire("loop", "a", now=clock.now())
    assert again is not None
    assert again.number == fence.number + 1


async def test_a_killed_leader_is_followed_at_once(database: Path) -> None:
    """The kernel frees its lock with kill -9, and that voids the lease."""
    async with LeaseProcess(database, "a") as a, LeaseProcess(database, "b") as b:
        assert await a.acquire(0) == 1
        assert await b.acquire(1) is None
        a.process.kill()
        await a.process.wait()
        assert await b.acquire(1) == 2
        assert await b.write(1)


async def test_a_leader_that_stops_is_followed_at_once(database: Path) -> None:
    """A released lease is free, and so is its lock."""
    async with LeaseProcess(database, "a") as a, LeaseProcess(database, "b") as b:
        assert await a.acquire(0) == 1
        await a.release()
        assert await b.acquire(0) == 2
        assert await a.acquire(1) is None


async def test_a_frozen_leader_keeps_its_lock_but_not_its_lease(database: Path) -> None:
    """Another leads when the time is up; when the frozen one wakes, it writes nothing and cannot take over."""
    async with LeaseProcess(database, "a") as a, LeaseProcess(database, "b") as b:
        assert await a.acquire(0) == 1
        a.process.send_signal(signal.SIGSTOP)
        assert await b.acquire(9) is None
        assert await b.acquire(10) == 2
        a.send("write 10")
        assert await b.write(10)
        a.process.send_signal(signal.SIGCONT)
        assert await a.answer() == "lost"
        assert await a.acquire(11) is None
        assert await b.acquire(11) == 2
        assert await b.write(11)


async def test_a_lock_that_became_free_voids_no_lease_made_without_it(database: Path) -> None:
    """A leads, freezes, is followed by B, and is killed: its free lock says nothing about B."""
    async with LeaseProcess(database, "a") as a, LeaseProcess(database, "b") as b, LeaseProcess(database, "c") as c:
        assert await a.acquire(0) == 1
        a.process.send_signal(signal.SIGSTOP)
        assert await b.acquire(10) == 2
        a.process.kill()
        await a.process.wait()
        assert await c.acquire(10) is None
        assert await b.acquire(11) == 2  # and now with the lock
        b.process.kill()
        await b.process.wait()
        assert await c.acquire(12) == 3


async def test_many_processes_never_share_a_number(database: Path) -> None:
    """Four processes ask at the same time, and leaders are killed: one leads, and only the newest number writes."""
    async with AsyncExitStack() as stack:
        processes = [await stack.enter_async_context(LeaseProcess(database, f"p{number}")) for number in range(4)]
        seen: list[int] = []
        for _ in range(3):
            numbers = await asyncio.gather(*(process.acquire(1) for process in processes))
            [leader] = [process for process, number in zip(processes, numbers, strict=True) if number is not None]
            seen += [number for number in numbers if number is not None]
            assert await leader.write(1)
            assert await leader.acquire(1) == seen[-1]  # with the lock, which another may have had for a moment
            leader.process.kill()
            await leader.process.wait()
            processes.remove(leader)
    assert seen == [1, 2, 3]


async def test_without_a_lock_only_the_time_counts(scenario: Scenario, database: Path) -> None:
    """Where the lock cannot be had, here because a folder has its name, nothing is known about the leader."""
    database.with_name(f"{database.name}-loop.lock").mkdir()
    leases, clock = scenario.store.leases, scenario.clock
    assert await leases.acquire("loop", "a", now=clock.now()) is not None
    assert await leases.acquire("loop", "b", now=clock.now()) is None
    clock.pass_time(seconds=LEASE_LENGTH.total_seconds())
    assert await leases.acquire("loop", "b", now=clock.now()) is not None


async def test_processes_that_start_together_open_a_new_file(database: Path) -> None:
    """They take turns in switching it to WAL mode."""
    async with AsyncExitStack() as stack:
        processes = [await stack.enter_async_context(LeaseProcess(database, f"p{number}")) for number in range(4)]
        numbers = await asyncio.gather(*(process.acquire(0) for process in processes))
    assert sorted(number for number in numbers if number) == [1]
