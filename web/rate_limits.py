"""Rate limits that each process counts for itself."""

from collections import OrderedDict
from datetime import timedelta
from math import ceil

from bot.clock import Clock
from web.problems import HttpProblem

MAX_KEYS = 50_000  # a flood of keys drops the oldest keys instead of filling the memory


class RateLimit:
    """At most `max_attempts` attempts for each key within any `window`. Kept in memory, per process."""

    def __init__(self, *, clock: Clock, max_attempts: int, window: timedelta) -> None:
        self._clock = clock
        self._max_attempts = max_attempts
        self._window_s = window.total_seconds()
        self._attempts: OrderedDict[str, list[float]] = OrderedDict()  # times of the monotonic clock

    def record_attempt(self, key: str) -> None:
        """Count one attempt; raises HttpProblem `slow_down` with the seconds to wait if it is one too many.

        A refused attempt does not count.
        """
        now = self._clock.monotonic()
        attempts = self._recent_attempts(key, now)
        if len(attempts) >= self._max_attempts:
            wait_s = ceil(attempts[0] + self._window_s - now)
            raise HttpProblem("slow_down", retry_after=max(1, wait_s))
        attempts.append(now)

    def _recent_attempts(self, key: str, now: float) -> list[float]:
        attempts = self._attempts[key] = [at for at in self._attempts.get(key, ()) if at > now - self._window_s]
        self._attempts.move_to_end(key)
        if len(self._attempts) > MAX_KEYS:
            self._attempts.popitem(last=False)
        return attempts
