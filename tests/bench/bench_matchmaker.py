"""The matchmaker over a real store: how long it blocks the event loop, and what it costs.

`python -m tests.bench.bench_matchmaker` prints one JSON row per measurement: name, value, unit, must, aim. A stop is
the delay in waking a task that sleeps for a millisecond: `baseline` on an idle loop, `processor` in CPU time.
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
from bot.store.database import Statement
from tests.bench.bench_pairing import ARRIVAL_SPAN_S, KIB, PATIENCE, hard_to_please
from tests.clocks import START, VirtualClock
from tests.loops.factories import make_matchmaker
from tests.store.opening import open_store
from tests.store.scenario import Scenario

TICK_S = 0.001
IDLE_TICKS = 500
TAKEOVERS = 3
STEPS = 30
ARRIVALS = 20  # before each step
EARLIER_ARRIVALS = 5_000  # opened earlier, and left since
MEMBERS_PER_BLOCK = 25
MUST_MS, AIM_MS = 20, 10


@dataclass(kw_only=True, slots=True)
class Stops:
    """The longest time for which the event loop was blocked, in milliseconds."""

    longest: float = 0.0
    processor: float = 0.0

    async def watch(self) -> None:
        """Measure until cancelled."""
        clock = SystemClock()
        while True:
            began, used = time.perf_counter(), time.process_time()
            await clock.sleep(TICK_S)
            late = 1000 * (time.perf_counter() - began - TICK_S)
            self.longest = max(self.longest, late)
            self.processor = max(self.processor, min(late, 1000 * (time.process_time() - used)))


@dataclass(kw_only=True, slots=True)
class Measured:
    """Several steps: the stops during them and on an idle loop before, the seconds each took, and the matches made."""

    stops: Stops = field(default_factory=Stops)
    idle: Stops = field(default_factory=Stops)
    seconds: list[float] = field(default_factory=list)
    matches: int = 0


class BusyStore:
    """A store in which many wait, and matchmakers over it."""

    def __init__(self, scenario: Scenario, solver: Solver) -> None:
        self.scenario = scenario
        self._solver = solver

    def new_leader(self) -> Matchmaker:
        """A matchmaker with an empty engine."""
        return make_matchmaker(self.scenario.store, self.scenario.clock, solver=self._solver)

    async def open_tickets(self, tickets: Sequence[Ticket]) -> None:
        """Write the tickets to the store."""
        await asyncio.gather(*(self.scenario.agreed(ticket.member_id) for ticket in tickets))
        await asyncio.gather(*(self.scenario.store.tickets.start_waiting(ticket) for ticket in tickets))

    async def step(self, leader: Matchmaker, measured: Measured) -> None:
        """One measured step."""
        fence = await self.scenario.fence()
        async with watched(measured.stops):
            began = time.perf_counter()
            measured.matches += await leader.step(fence)
            measured.seconds.append(time.perf_counter() - began)


@asynccontextmanager
async def watched(stops: Stops) -> AsyncIterator[None]:
    """Measure the stops of the event loop inside the block."""
    watch = asyncio.create_task(stops.watch())
    await asyncio.sleep(0)
    yield
    await SystemClock().sleep(TICK_S)  # so that the last stop is measured too
    watch.cancel()


async def idle_stops() -> Stops:
    """The stops of an idle event loop on this machine."""
    stops = Stops()
    async with watched(stops):
        await SystemClock().sleep(IDLE_TICKS * TICK_S)
    return stops


def similar_tickets(count: int) -> Sequence[Ticket]:
    """`count` tickets in one pool, all of one subject, so that everybody has many possible partners."""
    tickets = hard_to_please(count, pools=1)
    return [replace(ticket, wishes=replace(ticket.wishes, subject="Maths")) for ticket in tickets]


@asynccontextmanager
async def busy_store(tickets: Sequence[Ticket], *, pools: int) -> AsyncIterator[BusyStore]:
    """A store in which `tickets` wait in `pools` servers, with blocks; others have come and left before."""
    clock, solver = VirtualClock(), Solver()
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(f"sqlite:///{folder}/scenario.db") as store:
            scenario = Scenario(store, clock)
            made = BusyStore(scenario, solver)
            for number in range(pools):
                server = Server(server_id=number, name=f"Server {number}", audience=Audience.ADULTS, channel_id=1)
                await store.servers.save(server, expected_version=0)
            gone = [
                _in_store_time(ticket, -ARRIVAL_SPAN_S)
                for ticket in hard_to_please(EARLIER_ARRIVALS, pools=pools, seed=2)
            ]
            await made.open_tickets(gone)
            await asyncio.gather(*(store.tickets.stop_waiting(ticket.member_id, clock.now()) for ticket in gone))
            await made.open_tickets([_in_store_time(ticket) for ticket in tickets])
            await store.database.write(_blocks(tickets))
            clock.pass_time(seconds=ARRIVAL_SPAN_S)
            freeze_gc()  # as the bot does; it also keeps this setup out of the measurement
            yield made
            await solver.close()


def _in_store_time(ticket: Ticket, seconds: float = 0.0) -> Ticket:
    """A ticket of a trace, moved to the store's time plus `seconds`, and to the server that its pool names."""
    since = START + (ticket.waiting_since - EPOCH) + timedelta(seconds=seconds)
    server = ticket.pool[1:]
    return replace(ticket, server_id=int(server), pool=server, waiting_since=since, expires_at=since + PATIENCE)


def _blocks(tickets: Sequence[Ticket]) -> Sequence[Statement]:
    pools: dict[str, list[int]] = defaultdict(list)
    for ticket in tickets:
        pools[ticket.pool].append(ticket.member_id)
    return [
        Statement(name="blocks.add", values={"blocker_id": one, "blocked_id": other, "now": 0})
        for members in pools.values()
        for one, other in pairwise(members[::MEMBERS_PER_BLOCK])
    ]


async def takeovers(tickets: Sequence[Ticket], *, pools: int, times: int = TAKEOVERS) -> Measured:
    """Several new leaders in turn take over a full queue."""
    async with busy_store(tickets, pools=pools) as full:
        measured = Measured(idle=await idle_stops())
        for _ in range(times):
            await full.step(full.new_leader(), measured)
        return measured


async def steps(count: int, *, pools: int) -> Measured:
    """The steps of one leader, with a few arrivals before each."""
    async with busy_store(hard_to_please(count, pools=pools), pools=pools) as full:
        leader = full.new_leader()
        await full.step(leader, Measured())
        measured = Measured(idle=await idle_stops())
        for number in range(STEPS):
            full.scenario.clock.pass_time(seconds=INTERVAL_S)
            now = (full.scenario.clock.now() - START).total_seconds()
            coming = [_in_store_time(ticket, now) for ticket in hard_to_please(ARRIVALS, pools=pools, seed=number + 3)]
            await full.open_tickets(coming)
            await full.step(leader, measured)
        return measured


async def idle_cost(count: int, *, pools: int) -> float:
    """Milliseconds of CPU time that a leader needs per second in which nobody comes or goes."""
    async with busy_store(hard_to_please(count, pools=pools), pools=pools) as full:
        leader = full.new_leader()
        await full.step(leader, Measured())
        began = time.process_time()
        for _ in range(STEPS):
            full.scenario.clock.pass_time(seconds=LONGEST_WAIT_S)
            await leader.step(await full.scenario.fence())
        return 1000 * (time.process_time() - began) / (STEPS * LONGEST_WAIT_S)


async def memory_per_ticket(count: int, *, pools: int) -> float:
    """KiB for each waiting ticket: the ticket itself, the engine's data and the queue sync's."""
    async with busy_store(hard_to_please(count, pools=pools), pools=pools) as full:
        leader = full.new_leader()
        tracemalloc.start()
        await full.step(leader, Measured())
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return held / KIB / count


def main() -> None:
    """Measure and print."""
    for count, pools in ((10_000, 200), (2_000, 1)):
        name = f"{count:,} waiting in {pools} pools" if pools > 1 else f"{count:,} waiting in one pool"
        measured = asyncio.run(takeovers(hard_to_please(count, pools=pools), pools=pools))
        _stop(f"longest stop while a new leader takes over {name}", measured)
        _row("that takes in all", statistics.median(measured.seconds), "s", 5, 2)
        measured = asyncio.run(steps(count, pools=pools))
        _stop(f"longest stop in {STEPS} rounds, {name}, {ARRIVALS} coming before each", measured)
        _row("such a round", 1000 * statistics.median(measured.seconds), "ms", 500, 50)
    measured = asyncio.run(takeovers(similar_tickets(2_000), pools=1, times=1))
    _stop("longest stop while a new leader puts together whom it can of 2,000 in one pool", measured)
    _row("that takes in all", measured.seconds[0], "s", 5, 2)
    _row("an idle second, 10,000 waiting in 200 pools", asyncio.run(idle_cost(10_000, pools=200)), "ms", 50, 10)
    _row("memory of a waiting ticket, itself included", asyncio.run(memory_per_ticket(10_000, pools=200)), "KiB", 8, 4)


def _stop(name: str, measured: Measured) -> None:
    more = {
        "baseline": round(measured.idle.longest, 2),
        "processor": round(measured.stops.processor, 2),
        "made": measured.matches,
    }
    _row(name, measured.stops.longest, "ms", MUST_MS, AIM_MS, **more)


def _row(name: str, value: float, unit: str, must: float, aim: float, **more: float) -> None:
    row = {"name": name, "value": round(value, 2), "unit": unit, **more, "must": must, "aim": aim}
    print(json.dumps(row), flush=True)  # noqa: T201 -- this is what it is for


if __name__ == "__main__":
    main()
