"""The arrival rate of a pool: over the last hours, by the part of the hour, and during a burst.

Times are seconds since the epoch, so that the remainder by 3600 is the position within the hour.
"""

import math
from itertools import accumulate
from typing import Final

import numpy as np

from bot.matching.fit_table import Floats
from bot.matching.reservation import ReservationParams

HOUR_S: Final = 3600.0
HOUR_PARTS: Final = 12
HOUR_PART_S: Final = HOUR_S / HOUR_PARTS


class DecayingCount:
    """A count of arrivals and of the seconds observed, both decaying to 1/e within `memory_s` seconds."""

    def __init__(self, memory_s: float) -> None:
        self.arrivals = 0.0
        self.seconds = 0.0
        self._memory_s = memory_s

    def advance(self, seconds: float, busyness: float) -> float:
        """Advance by `seconds` without arrivals at `busyness` times the usual rate.

        Returns the decay factor in (0, 1].
        """
        decay = math.exp(-seconds / self._memory_s)
        self.arrivals *= decay
        self.seconds = self.seconds * decay + self._memory_s * (1 - decay) * busyness
        return decay


class ArrivalRate:
    """The arrival rate of one pool; `first_at` is the time of its first arrival."""

    def __init__(self, first_at: float, params: ReservationParams) -> None:
        self._params = params
        self._last_at = first_at
        self._total = 0
        self._recent = DecayingCount(params.rate_memory_s)
        self._burst = DecayingCount(params.burst_window_s)
        self._prior_decay = 1.0  # the weight of a second before the first arrival
        self._base_rate = 0.0  # arrivals per second, regardless of the part of the hour
        self._current_rate = 0.0  # the same, with the present burst
        self._observed = [0.0] * HOUR_PARTS  # arrivals in each part of the hour
        self._uniform = [0.0] * HOUR_PARTS  # arrivals expected in each part if all parts were equally busy
        self._busyness = [1.0] * HOUR_PARTS  # the ratio of the two
        self._cumulative = [float(part) for part in range(HOUR_PARTS + 1)]  # busyness summed up to each part's start
        self.record_arrival(first_at)
        self._burst.arrivals = 0.0  # one arrival alone is no burst

    def record_arrival(self, at: float) -> None:
        """Count one arrival. If `at` is before the last one, it counts as arriving together with it."""
        if at > self._last_at:
            self._pass_time(at)
        part = int(at % HOUR_S // HOUR_PART_S)
        self._recent.arrivals += 1
        self._total += 1
        self._observed[part] += 1
        self._update_busyness(part)
        self._cumulative = list(accumulate(self._busyness, initial=0.0))
        self._update_rates()
        self._burst.arrivals += 1  # after updating the rates: one arrival alone is no burst

    def expected_arrivals(self, ends_at: float, left_s: Floats) -> Floats:
        """Expected arrivals within the last `left_s` seconds before `ends_at`, for each of `left_s`; same shape."""
        rate, until = self._current_rate * HOUR_S / self._cumulative[-1], self._busyness_until(ends_at)
        return np.array([rate * (until - self._busyness_until(ends_at - each)) for each in left_s.tolist()])

    def _update_rates(self) -> None:
        params, recent, burst = self._params, self._recent, self._burst
        # Two simultaneous arrivals are no busy pool: the fewer arrivals, the longer the empty time assumed before them.
        empty_s = params.empty_prior_s + params.first_arrival_s / self._total
        empty_weight = params.rate_memory_s * -math.expm1(-empty_s / params.rate_memory_s)
        self._base_rate = recent.arrivals / (recent.seconds + self._prior_decay * empty_weight)
        prior = params.burst_prior
        self._current_rate = (burst.arrivals + prior) / (burst.seconds + prior / self._base_rate)

    def _busyness_until(self, time: float) -> float:
        """The busyness of all parts of the hour from the epoch until `time`, summed."""
        parts = time / HOUR_PART_S
        whole = int(parts)
        hours, part = divmod(whole, HOUR_PARTS)
        return hours * self._cumulative[-1] + self._cumulative[part] + self._busyness[part] * (parts - whole)

    def _pass_time(self, now: float) -> None:
        """Account for the time without arrivals since the last one."""
        seconds = now - self._last_at
        passed = self._busyness_until(now) - self._busyness_until(self._last_at)
        busyness = passed / self._cumulative[-1] * HOUR_S / seconds
        self._prior_decay *= self._recent.advance(seconds, busyness)
        self._burst.advance(seconds, busyness)
        self._extend_uniform(now)
        self._last_at = now

    def _extend_uniform(self, now: float) -> None:
        since = self._last_at
        hours = (now - since) // HOUR_S
        if hours:
            self._uniform = [arrivals + self._base_rate * HOUR_PART_S * hours for arrivals in self._uniform]
            for part in range(HOUR_PARTS):
                self._update_busyness(part)
            since += hours * HOUR_S
        while since < now:
            part = int(since % HOUR_S // HOUR_PART_S)
            until = min(now, (since // HOUR_PART_S + 1) * HOUR_PART_S)
            self._uniform[part] += self._base_rate * (until - since)
            self._update_busyness(part)
            since = until

    def _update_busyness(self, part: int) -> None:
        prior = self._params.hour_prior
        self._busyness[part] = (self._observed[part] + prior) / (self._uniform[part] + prior)
