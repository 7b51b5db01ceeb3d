"""Rate limits: how often one client or one seat may try something."""

from collections import OrderedDict
from datetime import datetime, timedelta
from math import ceil

from bot.clock import Clock
from web.problems import HttpProblem

FAILED_TRIES_PER_MINUTE = 20  # by client address: wrong or dead links
MAX_KEYS = 50_000  # a flood of addresses drops the oldest keys instead of filling the memory


class RateLimit:
    """At most `max_tries` tries for each key within any `window`. Kept in memory, per process."""

    def __init__(self, *, clock: Clock, max_tries: int, window: timedelta) -> None:
        self._clock = clock
        self._max_tries = max_tries
        self._window = window
        self._tries: OrderedDict[str, list[datetime]] = OrderedDict()

    def record_try(self, key: str) -> None:
        """Count one try; raises HttpProblem `slow_down` with the seconds to wait if it is one too many.

        A refused try does not count.
        """
        now = self._clock.now()
        tries = self._recent_tries(key, now)
        if len(tries) >= self._max_tries:
            wait_s = ceil((tries[0] + self._window - now).total_seconds())
            raise HttpProblem("slow_down", retry_after=max(1, wait_s))
        tries.append(now)

    def _recent_tries(self, key: str, now: datetime) -> list[datetime]:
        tries = self._tries[key] = [at for at in self._tries.get(key, ()) if at > now - self._window]
        self._tries.move_to_end(key)
        if len(self._tries) > MAX_KEYS:
            self._tries.popitem(last=False)
        return tries
