"""What the running processes have told the database about themselves: who leads, how long ago, and what is missing."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.check.finding import Finding, describe_duration, found_fault, found_well
from bot.store import Inspection
from bot.store.leases import Lease, lease_reader
from bot.store.readiness import ReadinessState, readiness_reader

SUBJECT: Final = "processes"
ALIVE_FOR: Final = timedelta(minutes=1)
"""A process that has written nothing for this long is taken for stopped."""


def describe_processes(inspection: Inspection, now: datetime) -> Sequence[Finding]:
    """One finding for each thing that a running process lacks; otherwise one about all processes and leaders.

    Rows that cannot be read are left out, and named in the log.
    """
    states = readiness_reader().read_all(inspection.readiness)
    running = [state for state in states if abs(now - state.seen_at) < ALIVE_FOR]
    if not running:
        return (found_well(SUBJECT, "none uses this database at the moment"),)
    faults = [_describe_loss(state, now) for state in running if state.reason is not None]
    leases = lease_reader().read_all(inspection.leases)
    return faults or (found_well(SUBJECT, "; ".join(_describe_health(leases, running, now))),)


def _describe_loss(state: ReadinessState, now: datetime) -> Finding:
    for_long = describe_duration(now - state.since)
    return found_fault(
        SUBJECT, f"{state.word} has not been ready for {for_long} in process {_short(state.holder)}: {state.reason}"
    )


def _describe_health(leases: Sequence[Lease], states: Sequence[ReadinessState], now: datetime) -> Iterator[str]:
    yield f"ready: process {', '.join(sorted({_short(state.holder) for state in states}))}"
    for lease in sorted(leases, key=lambda lease: lease.name):
        if lease.stepped_at is not None:
            yield f"{lease.name} by {_short(lease.holder)}, {describe_duration(now - lease.stepped_at)} ago"


def _short(holder: str) -> str:
    return holder[:6]
