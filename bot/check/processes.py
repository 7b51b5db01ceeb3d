"""What the running processes have told the database about themselves: who leads, how long ago, and what is missing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from bot.check.finding import Finding, describe_duration, found_fault, found_well
from bot.store import Inspection
from bot.store.times import from_ms

SUBJECT: Final = "processes"
ALIVE_FOR: Final = timedelta(minutes=1)
"""A process that has written nothing for this long is taken for stopped."""


def describe_processes(inspection: Inspection, now: datetime) -> Sequence[Finding]:
    """One finding for each thing that a running process lacks; otherwise one about all processes and leaders."""
    states = [state for state in inspection.readiness if abs(now - _time(state["seen_at"])) < ALIVE_FOR]
    if not states:
        return (found_well(SUBJECT, "none uses this database at the moment"),)
    faults = [_describe_loss(state, now) for state in states if state["reason"] is not None]
    return faults or (found_well(SUBJECT, "; ".join(_describe_health(inspection, states, now))),)


def _describe_loss(state: Mapping[str, Any], now: datetime) -> Finding:
    for_long = describe_duration(now - _time(state["since"]))
    return found_fault(
        SUBJECT, f"{state['word']} has not been ready for {for_long} in process {_short(state)}: {state['reason']}"
    )


def _describe_health(inspection: Inspection, states: Sequence[Mapping[str, Any]], now: datetime) -> Iterator[str]:
    yield f"ready: process {', '.join(sorted({_short(state) for state in states}))}"
    for lease in sorted(inspection.leases, key=lambda row: str(row["name"])):
        if lease.get("stepped_at") is not None:
            yield f"{lease['name']} by {_short(lease)}, {describe_duration(now - _time(lease['stepped_at']))} ago"


def _short(row: Mapping[str, Any]) -> str:
    return str(row["holder"])[:6]


def _time(milliseconds: Any) -> datetime:  # noqa: ANN401 -- a column
    return from_ms(int(milliseconds))
