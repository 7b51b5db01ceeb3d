"""How long Discord wants no more requests to one address: the answer says so, and nothing is sent there before.

The library waits too, but only while its own call lasts: whoever gives that up and calls again would come too early.
"""

from collections.abc import Hashable
from typing import Final

from bot.clock import Clock

FORGET_BEYOND: Final = 1000
"""Pauses that are over are forgotten once there are so many."""


class RoutePauses:
    """The pauses that last, each for one method and address."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[Hashable, float] = {}  # in seconds of the monotonic clock

    def begin(self, route: Hashable, seconds: float) -> None:
        """From now on nothing may be sent to `route` for `seconds`, or for longer if that was asked for before."""
        now = self._clock.monotonic()
        if len(self._until) >= FORGET_BEYOND:
            self._until = {each: until for each, until in self._until.items() if until > now}
        self._until[route] = max(self._until.get(route, now), now + seconds)

    def seconds_left(self, route: Hashable) -> float:
        """The seconds until something may be sent to `route` again; 0 if it may be sent now."""
        until = self._until.get(route)
        return 0.0 if until is None else max(0.0, until - self._clock.monotonic())
