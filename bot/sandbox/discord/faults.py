"""Trouble on demand: what Discord and the way to it do on a bad day."""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase

from bot.clock import Clock


class Fault(StrEnum):
    """What can happen to one request."""

    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    RESET_BEFORE = "reset_before"  # the connection breaks before anything has happened
    RESET_AFTER = "reset_after"  # it has happened, and the answer is lost


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """One fault for one request."""

    fault: Fault
    method: str
    path: str


@dataclass(kw_only=True)
class Faults:
    """What goes wrong, among the requests to paths like `where` ("/channels/*/messages"; * stands for anything).

    `shares`: which part of them meets each fault, in [0, 1]. `delay`: seconds before each of them is looked at.
    `met`: what has gone wrong so far.
    """

    clock: Clock
    where: str = "*"
    shares: dict[Fault, float] = field(default_factory=dict)
    delay: float = 0.0
    met: list[Fault] = field(default_factory=list)
    planned: list[Planned] = field(default_factory=list)

    def plan(self, fault: Fault, *, method: str = "*", path: str = "*", times: int = 1) -> None:
        """The next `times` requests of this method to paths like `path` meet `fault`, and no draw decides."""
        self.planned.extend([Planned(fault=fault, method=method, path=path)] * times)

    async def strike(self, method: str, path: str) -> Fault | None:
        """The fault this request meets, if any, after the delay."""
        here = fnmatchcase(path, self.where)
        if here and self.delay:
            await asyncio.sleep(self.delay)
        fault = self._next_planned(method, path) or (self._drawn() if here else None)
        if fault is not None:
            self.met.append(fault)
        return fault

    def _next_planned(self, method: str, path: str) -> Fault | None:
        for planned in self.planned:
            if fnmatchcase(method, planned.method) and fnmatchcase(path, planned.path):
                self.planned.remove(planned)
                return planned.fault
        return None

    def _drawn(self) -> Fault | None:
        draw = int.from_bytes(self.clock.random_bytes(4)) / 2**32
        for fault, share in self.shares.items():
            if draw < share:
                return fault
            draw -= share
        return None

    def clear(self) -> None:
        """A good day again."""
        self.where, self.delay = "*", 0.0
        self.shares.clear()
        self.planned.clear()
