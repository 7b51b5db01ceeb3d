"""The matching engine: decisions with many waiting, memory, growth, and a day of a million tickets.

`python -m tests.bench.bench_pairing` prints one JSON object per row: name, value, unit, must, aim. Decisions are
measured in processor time, and the best of a few counts, so that other load on the machine matters less.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.domain.ticket import ANY, Ticket
from bot.matching.engine import INTERVAL_S, Engine
from bot.matching.fit import Weights
from bot.simulate.synthetic_trace import ArrivalShape, TracePlan, generate_trace
from bot.simulate.trace import read_trace

ROUNDS = 5
ARRIVAL_SPAN_S = 600.0
PATIENCE = timedelta(hours=1)
KIB = 1024
DAY_MINUTES = 1440


def hard_to_please(count: int, *, pools: int, seed: int = 1) -> Sequence[Ticket]:
    """Tickets that arrive within ten minutes, each with its own subject: in a busy pool, nobody is good enough."""
    plan = TracePlan(
        shape=ArrivalShape.STEADY, rate_per_minute=60 * count / ARRIVAL_SPAN_S, members=count, seed=seed, pools=pools
    )
    arrivals = read_trace((line.encode() for line in generate_trace(plan)), Weights()).arrivals
    return [
        replace(
            each.ticket,
            id=f"{seed}-{each.ticket.id}",
            member_id=each.ticket.member_id - seed * 1_000_000,
            wishes=replace(each.ticket.wishes, subject=f"s{number}", subject_group=ANY),
            expires_at=each.ticket.waiting_since + PATIENCE,
        )
        for number, each in enumerate(arrivals)
    ]


def engine_with(tickets: Sequence[Ticket]) -> Engine:
    """An engine in which all of these wait, after its first decision."""
    engine = Engine(weights=Weights())
    for ticket in tickets:
        engine.add_ticket(ticket)
    engine.decide(ARRIVAL_SPAN_S)
    return engine


def quiet_decision(count: int, pools: int) -> float:
    """Milliseconds of a decision with `count` waiting and no new arrivals."""
    engine = engine_with(hard_to_please(count, pools=pools))
    return min(_decision(engine, ARRIVAL_SPAN_S + INTERVAL_S * number) for number in range(1, ROUNDS + 1))


def decision_after_arrivals(count: int, pools: int, new: int) -> float:
    """Milliseconds of a decision with `count` waiting, right after `new` more have arrived across the pools."""
    engine = engine_with(hard_to_please(count, pools=pools))
    took = []
    for number in range(1, ROUNDS + 1):
        for ticket in hard_to_please(new, pools=pools, seed=number + 1):
            engine.add_ticket(ticket)
        took.append(_decision(engine, ARRIVAL_SPAN_S + INTERVAL_S * number))
    return min(took)


def first_decision(count: int) -> float:
    """Milliseconds of the first decision over `count` tickets of any subject that are new in one pool."""
    took = []
    for number in range(ROUNDS):
        plan = TracePlan(
            shape=ArrivalShape.STEADY, rate_per_minute=60 * count / ARRIVAL_SPAN_S, members=count, seed=number
        )
        engine = Engine(weights=Weights())
        for each in read_trace((line.encode() for line in generate_trace(plan)), Weights()).arrivals:
            engine.add_ticket(replace(each.ticket, expires_at=each.ticket.waiting_since + PATIENCE))
        took.append(_decision(engine, ARRIVAL_SPAN_S))
    return min(took)


def memory_per_ticket(count: int, pools: int) -> float:
    """KiB per waiting ticket, not counting the ticket itself."""
    tickets = hard_to_please(count, pools=pools)
    tracemalloc.start()
    engine = engine_with(tickets)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert engine.decide(ARRIVAL_SPAN_S + 1) == []
    return held / KIB / count


def simulated_day(people: int, pools: int) -> tuple[float, float]:
    """Processor seconds and MiB of simulating a day of `people` tickets, read from one file and written to another."""
    with tempfile.TemporaryDirectory() as folder:
        trace = Path(folder, "day.jsonl")
        plan = TracePlan(
            shape=ArrivalShape.DAY, rate_per_minute=people / DAY_MINUTES, members=people, seed=1, pools=pools
        )
        with trace.open("w") as file:
            file.writelines(f"{line}\n" for line in generate_trace(plan))
        command = (sys.executable, "-m", "bot", "simulate", trace, "--json", Path(folder, "out.json"))
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime, used.ru_maxrss / KIB


def main() -> None:
    """Measure and print the rows."""
    parser = argparse.ArgumentParser(description="The matching engine.")
    parser.add_argument("--people", type=int, default=1_000_000, help="tickets of the day; pools are 200 times fewer")
    people = parser.parse_args().people
    _row("a decision: 10,000 waiting in 200 pools, nothing new", ten := quiet_decision(10_000, 200), "ms", 20, 5)
    _row("the same, right after 20 arrivals", decision_after_arrivals(10_000, 200, 20), "ms", 20, 5)
    _row("a decision: 2,000 waiting in one pool, nothing new", quiet_decision(2_000, 1), "ms", 500, 100)
    _row("the same, right after 20 arrivals", decision_after_arrivals(2_000, 1, 20), "ms", 500, 100)
    _row("the first decision over 2,000 who came to one pool at once", first_decision(2_000), "ms", 500, 100)
    _row("memory of a waiting ticket, 10,000 in 200 pools", memory_per_ticket(10_000, 200), "KiB", 4, 1)
    _row("ten times as many waiting: so many times as long", quiet_decision(100_000, 2_000) / ten, "", 10, 10)
    took, held = simulated_day(people, people // 200)
    _row(f"a day of {people:,} tickets in {people // 200:,} pools", took, "s", 180, 180)
    _row("the same, memory", held, "MiB", 1024, 1024)


def _decision(engine: Engine, now: float) -> float:
    began = time.process_time()
    engine.decide(now)
    return 1000 * (time.process_time() - began)


def _row(name: str, value: float, unit: str, must: float, aim: float) -> None:
    print(json.dumps({"name": name, "value": round(value, 2), "unit": unit, "must": must, "aim": aim}), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
