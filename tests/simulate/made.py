"""Traces made for tests: lines that are right unless a test makes them wrong."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from bot.matching.fit import Weights
from bot.simulate.make import Plan, make
from bot.simulate.market import Arrival, Market
from bot.simulate.trace import read


def market(**values: Any) -> bytes:
    """The first line."""
    return _line({"kind": "market", "blocks": [], "favourites": [], "met": [], **values})


def ticket(member: Any = "m1", t: Any = 0.0, **values: Any) -> bytes:
    """A ticket with every wish open, whose member stays ten minutes."""
    return _line(
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


def opened(lines: Iterable[bytes]) -> tuple[Market, Sequence[Arrival]]:
    """A market and its arrivals."""
    trace = read(lines, Weights())
    return trace.market, list(trace.arrivals)


def made(plan: Plan) -> tuple[Market, Sequence[Arrival]]:
    """The same of a made-up day."""
    return opened(line.encode() for line in make(plan))


def _line(values: dict[str, Any]) -> bytes:
    return json.dumps(values).encode() + b"\n"
