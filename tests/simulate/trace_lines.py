"""Lines of traces for tests: valid unless a test changes a value."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from bot.matching.fit import Weights
from bot.simulate.market import Arrival, Market
from bot.simulate.synthetic_trace import TracePlan, generate_trace
from bot.simulate.trace import read_trace


def market_line(**values: Any) -> bytes:
    """The first line of a trace, in which no members are related."""
    return _encode({"kind": "market", "blocks": [], "favourites": [], "met": [], **values})


def ticket_line(member: Any = "m1", t: Any = 0.0, **values: Any) -> bytes:
    """A ticket with every wish open, whose member waits ten minutes."""
    return _encode(
        {
            "kind": "ticket",
            "t": t,
            "member": member,
            "pool": "g0",
            "subject": "any",
            "subject_group": "any",
            "level": None,
            "style": "any",
            "camera": "any",
            "lengths": [25, 50],
            "languages": ["en"],
            "patience_s": 600,
            "leaves_s": None,
            **values,
        }
    )


def read_lines(lines: Iterable[bytes]) -> tuple[Market, Sequence[Arrival]]:
    """The market and the arrivals of a trace."""
    trace = read_trace(lines, Weights())
    return trace.market, list(trace.arrivals)


def read_synthetic(plan: TracePlan) -> tuple[Market, Sequence[Arrival]]:
    """The market and the arrivals of a synthetic trace."""
    return read_lines(line.encode() for line in generate_trace(plan))


def _encode(values: dict[str, Any]) -> bytes:
    return json.dumps(values).encode() + b"\n"
