"""The matchmaker over a real store: for how long it stops the event loop for everybody else, and what it costs.

`python -m tests.bench.bench_matchmaker` prints a row of JSON each: name, value, unit, must, aim. A stop is how late a
task notify that sleeps a millisecond over and over: `baseline` on an idle loop, `processor` in the processor's time.
"""

import asyncio
import json
import statistics
import tempfile
import time
import tracemalloc
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import pairwise

from bot.clock import SystemClock
from bot.domain.server import Audience, Server
from bot.domain.ticket import Ticket
from bot.matching.engine import INTERVAL_S
from bot.matchmaker.loop import LONGEST_WAIT_S, Matchmaker
from bot.matchmaker.solver import Solver
from bot.process import freeze_gc
from bot.simulate.market import EPOCH
from bot.store import open_store
from bot.store.database import Statement
from tests.bench.bench_pairing import ARRIVAL_SPAN_S, KIB, PATIENCE, hard_to_please
from tests.clocks import START, VirtualClock
from tests.loops.factories import make_matchmaker
from tests.store.scenario import Scenario

TICK_S = 0.001
IDLE_TICKS = 500
TAKEOVERS = 3
ROUNDS = 30
ARRIVE = 20  # before each round
GONE = 5_000  # came before those who wait, and wait no more
A_BLOCK_EVERY = 25  # members
MUST_MS, AIM_MS = 20, 10


@dataclass(kw_only=True, slots=True)
class Stops:
    """How long the event loop stood still, in milliseconds, at the worst."""

    longest: float = 0.0
    processor: float = 0.0

    async def watch(self) -> None:
        """Look on until cancelled."""
        clock = SystemClock()
        while True:
            began, used = time.perf_counter(), time.process_time()
            await clock.sleep(TICK_S)
            late = 1000 * (time.perf_counter() - began - TICK_S)
            self.longest = max(self.longest, late)
            self.processor = max(self.processor, min(late, 1000 * (time.process_time() - used)))


@dataclass(kw_only=True, slots=True)
class Seen:
    """A number of steps: the stops meanwhile and on an idle loop before, seconds each took, matches they made."""

    stops: Stops = field(default_factory=Stops)
    idle: Stops = field(default_factory=Stops)
    took: list[float] = field(default_factory=list)
    made: int = 0


class Hall:
    """A store in which many wait, and the matchmakers that lead over it."""

    def __init__(self, scenario: Scenario, solver: Solver) -> None:
        self.scenario = scenario
        self._solver = solver

    def leader(self) -> Matchmaker:
        """One that has seen nobody yet."""
        return make_matchmaker(self.scenario.store, self.scenario.clock, solver=self._solver)

    async def come(self, tickets: Sequence[Ticket]) -> None:
        """They begin to wait."""
        wait = PATIENCE // timedelta(minutes=1)
        await asyncio.gather(
            *(self.scenario.store.tickets.start_waiting(ticket, wait_minutes=wait) for ticket in tickets)
        )

    async def step(self, leader: Matchmaker, seen: Seen) -> None:
        """One round, looked at."""
        fence = await self.scenario.fence()
        async with watched(seen.stops):
            began = time.perf_counter()
            seen.made += await leader.step(fence)
            seen.took.append(time.perf_counter() - began)


@asynccontextmanager
async def watched(stops: Stops) -> AsyncIterator[None]:
    """The event loop is looked at meanwhile."""
    watch = asyncio.create_task(stops.watch())
    await asyncio.sleep(0)
    yield
    await SystemClock().sleep(TICK_S)  # so that the last stop is seen too
    watch.cancel()


async def idle() -> Stops:
    """What an idle loop looks like on this machine."""
    stops = Stops()
    async with watched(stops):
        await SystemClock().sleep(IDLE_TICKS * TICK_S)
    return stops


def alike(count: int) -> Sequence[Ticket]:
    """So many in one pool, all of one subject, so that nobody is hard to please."""
    line = hard_to_please(count, pools=1)
    return [replace(ticket, wishes=replace(ticket.wishes, subject="Maths")) for ticket in line]


@asynccontextmanager
async def hall(line: Sequence[Ticket], *, pools: int) -> AsyncIterator[Hall]:
    """A store in which they wait in so many servers, some having blocked another; others came and left before."""
    clock, solver = VirtualClock(), Solver()
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(f"sqlite:///{folder}/scenario.db") as store:
            scenario = Scenario(store, clock)
            made = Hall(scenario, solver)
            for number in range(pools):
                server = Server(server_id=number, name=f"Hall {number}", audience=Audience.ADULTS, channel_id=1)
                await store.servers.save(server, expected_version=0)
            gone = [_moved(ticket, -ARRIVAL_SPAN_S) for ticket in hard_to_please(GONE, pools=pools, seed=2)]
            await made.come(gone)
            await asyncio.gather(*(store.tickets.stop_waiting(ticket.member_id, clock.now()) for ticket in gone))
            await made.come([_moved(ticket) for ticket in line])
            await store.database.write(_blocks(line))
            clock.pass_time(seconds=ARRIVAL_SPAN_S)
            freeze_gc()  # as the bot does; and what was needed for this line is no part of it
            yield made
            await solver.close()


def _moved(ticket: Ticket, seconds: float = 0.0) -> Ticket:
    """A ticket of a trace in the store's time, so much later, and in the server that is its pool."""
    since = START + (ticket.waiting_since - EPOCH) + timedelta(seconds=seconds)
    return replace(ticket, server_id=int(ticket.pool[1:]), waiting_since=since, expires_at=since + PATIENCE)


def _blocks(line: Sequence[Ticket]) -> Sequence[Statement]:
    pools: dict[str, list[int]] = defaultdict(list)
    for ticket in line:
        pools[ticket.pool].append(ticket.member_id)
    return [
        Statement(name="blocks.add", values={"blocker_id": one, "blocked_id": other, "now": 0})
        for members in pools.values()
        for one, other in pairwise(members[::A_BLOCK_EVERY])
    ]


async def takeovers(line: Sequence[Ticket], *, pools: int, times: int = TAKEOVERS) -> Seen:
    """One new leader after the other begins with a full line."""
    async with hall(line, pools=pools) as full:
        seen = Seen(idle=await idle())
        for _ in range(times):
            await full.step(full.leader(), seen)
        return seen


async def rounds(count: int, *, pools: int) -> Seen:
    """A leader's rounds, a few members coming before each."""
    async with hall(hard_to_please(count, pools=pools), pools=pools) as full:
        leader = full.leader()
        await full.step(leader, Seen())
        seen = Seen(idle=await idle())
        for turn in range(ROUNDS):
            full.scenario.clock.pass_time(seconds=INTERVAL_S)
            now = (full.scenario.clock.now() - START).total_seconds()
            coming = [_moved(ticket, now) for ticket in hard_to_please(ARRIVE, pools=pools, seed=turn + 3)]
            await full.come(coming)
            await full.step(leader, seen)
        return seen


async def resting(count: int, *, pools: int) -> float:
    """Milliseconds of the processor that a leader needs in a second in which nobody comes or goes."""
    async with hall(hard_to_please(count, pools=pools), pools=pools) as full:
        leader = full.leader()
        await full.step(leader, Seen())
        began = time.process_time()
        for _ in range(ROUNDS):
            full.scenario.clock.pass_time(seconds=LONGEST_WAIT_S)
            await leader.step(await full.scenario.fence())
        return 1000 * (time.process_time() - began) / (ROUNDS * LONGEST_WAIT_S)


async def memory(count: int, *, pools: int) -> float:
    """KiB for each who waits: the ticket, what the engine knows of it and what it takes to follow the store."""
    async with hall(hard_to_please(count, pools=pools), pools=pools) as full:
        leader = full.leader()
        tracemalloc.start()
        await full.step(leader, Seen())
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return held / KIB / count


def main() -> None:
    """Measure and print."""
    for count, pools in ((10_000, 200), (2_000, 1)):
        name = f"{count:,} waiting in {pools} pools" if pools > 1 else f"{count:,} waiting in one pool"
        seen = asyncio.run(takeovers(hard_to_please(count, pools=pools), pools=pools))
        _stop(f"longest stop while a new leader takes over {name}", seen)
        _row("that takes in all", statistics.median(seen.took), "s", 5, 2)
        seen = asyncio.run(rounds(count, pools=pools))
        _stop(f"longest stop in {ROUNDS} rounds, {name}, {ARRIVE} coming before each", seen)
        _row("such a round", 1000 * statistics.median(seen.took), "ms", 500, 50)
    seen = asyncio.run(takeovers(alike(2_000), pools=1, times=1))
    _stop("longest stop while a new leader puts together whom it can of 2,000 in one pool", seen)
    _row("that takes in all", seen.took[0], "s", 5, 2)
    _row("an idle second, 10,000 waiting in 200 pools", asyncio.run(resting(10_000, pools=200)), "ms", 50, 10)
    _row("memory of a waiting ticket, itself included", asyncio.run(memory(10_000, pools=200)), "KiB", 8, 4)


def _stop(name: str, seen: Seen) -> None:
    more = {"baseline": round(seen.idle.longest, 2), "processor": round(seen.stops.processor, 2), "made": seen.made}
    _row(name, seen.stops.longest, "ms", MUST_MS, AIM_MS, **more)


def _row(name: str, value: float, unit: str, must: float, aim: float, **more: float) -> None:
    row = {"name": name, "value": round(value, 2), "unit": unit, **more, "must": must, "aim": aim}
    print(json.dumps(row), flush=True)  # noqa: T201 -- this is what it is for


if __name__ == "__main__":
    main()
