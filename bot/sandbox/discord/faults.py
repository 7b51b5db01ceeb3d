"""Injected faults: rate limits, server errors, broken connections and delays for the bot's HTTP requests."""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase

from bot.clock import Clock


class Fault(StrEnum):
    """What can go wrong with one request."""

    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    RESET_BEFORE = "reset_before"  # the connection breaks before the request is carried out
    RESET_AFTER = "reset_after"  # the request is carried out, and its response is lost
    RESET_MIDWAY = "reset_midway"  # it is carried out, and the connection breaks in the middle of its response
    SILENCE = "silence"  # the request is not carried out, and there is no response


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """A refusal of a request, which is not carried out.

    `code` is Discord's. With `text` that is the whole body, as of a proxy before Discord; it is no JSON.
    `retry_after_s`: for how long a status of 429 asks to wait.
    """

    status: int
    code: int = 0
    message: str = "Refused"
    text: str | None = None
    retry_after_s: float = 0.3


Failure = Fault | Refusal


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedFault:
    """A failure of the next request whose method and path match these patterns; of each one, if it `lasts`."""

    failure: Failure
    method: str
    path: str
    lasts: bool


@dataclass(kw_only=True)
class FaultInjector:
    """Decides which requests fail.

    `path_pattern`: only matching paths get random faults and the delay ("/channels/*/messages"; * matches anything).
    `probabilities`: the probability of each fault, in [0, 1]. `delay_s`: seconds to wait before each request.
    `retry_after_s`: for how long a rate limit asks to wait. `injected`: the faults so far.
    """

    clock: Clock
    path_pattern: str = "*"
    probabilities: dict[Fault, float] = field(default_factory=dict)
    delay_s: float = 0.0
    retry_after_s: float = 0.3
    injected: list[Failure] = field(default_factory=list)
    planned: list[PlannedFault] = field(default_factory=list)

    def plan_fault(self, failure: Failure, *, method: str = "*", path: str = "*", times: int | None = 1) -> None:
        """Make the next `times` matching requests fail, regardless of the probabilities; all of them if None."""
        planned = PlannedFault(failure=failure, method=method, path=path, lasts=times is None)
        self.planned.extend([planned] * (1 if times is None else times))

    async def next_fault(self, method: str, path: str) -> Failure | None:
        """Wait for the delay, then return and record the fault for this request; None if it should succeed."""
        matches = fnmatchcase(path, self.path_pattern)
        if matches and self.delay_s:
            await asyncio.sleep(self.delay_s)
        fault = self._take_planned(method, path) or (self._draw_random() if matches else None)
        if fault is not None:
            self.injected.append(fault)
        return fault

    def _take_planned(self, method: str, path: str) -> Failure | None:
        for planned in self.planned:
            if fnmatchcase(method, planned.method) and fnmatchcase(path, planned.path):
                if not planned.lasts:
                    self.planned.remove(planned)
                return planned.failure
        return None

    def _draw_random(self) -> Fault | None:
        remaining = int.from_bytes(self.clock.random_bytes(4)) / 2**32
        for fault, probability in self.probabilities.items():
            if remaining < probability:
                return fault
            remaining -= probability
        return None

    def clear(self) -> None:
        """Inject no more faults and no delay."""
        self.path_pattern, self.delay_s = "*", 0.0
        self.probabilities.clear()
        self.planned.clear()
