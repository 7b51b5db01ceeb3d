"""The rhythm of a pool: how often people come of late, in which parts of the hour, and whether they rush in just now.

Times are seconds since the epoch, so that their remainder by 3600 is the place in the hour.
"""

import math
from itertools import accumulate
from typing import Final

import numpy as np

from bot.matching.fit_table import Floats
from bot.matching.reservation import ReservationParams

HOUR_S: Final = 3600.0
PARTS: Final = 12
PART_S: Final = HOUR_S / PARTS


class DecayingCount:
    """How many came in how many seconds, the longer ago the less both count; in `rate_memory_s` down to 1/e."""

    def __init__(self, rate_memory_s: float) -> None:
        self.came = 0.0
        self.seconds = 0.0
        self._memory = rate_memory_s

    def fade(self, seconds: float, busy: float) -> float:
        """So many more seconds, so many times as busy as usual, without anybody; how much counts what was before."""
        kept = math.exp(-seconds / self._memory)
        self.came *= kept
        self.seconds = self.seconds * kept + self._memory * (1 - kept) * busy
        return kept


class ArrivalRate:
    """Made when the first one comes."""

    def __init__(self, now: float, learned: ReservationParams) -> None:
        self._learned = learned
        self._last = now
        self._number = 0
        self._lately = DecayingCount(learned.rate_memory_s)
        self._just_now = DecayingCount(learned.burst_window_s)
        self._before = 1.0  # how much a second before the first one counts
        self._usual = 0.0  # how many come in a second, the part of the hour aside
        self._rate = 0.0  # the same just now
        self._came = [0.0] * PARTS
        self._expected = [0.0] * PARTS  # how many would have come to each part of the hour if all were alike
        self._shares = [1.0] * PARTS  # how many of those came
        self._until = [float(part) for part in range(PARTS + 1)]  # the sum of the shares up to each edge of the parts
        self.record_arrival(now)
        self._just_now.came = 0.0  # the first one is no rush

    def record_arrival(self, now: float) -> None:
        """Somebody has come, not before the last one."""
        if now > self._last:
            self._pass(now)
        part = int(now % HOUR_S // PART_S)
        self._lately.came += 1
        self._number += 1
        self._came[part] += 1
        self._share(part)
        self._until = list(accumulate(self._shares, initial=0.0))
        learned = self._learned
        # Two who come together make no busy pool: the fewer have come, the longer nobody is taken to have come before.
        before = learned.rate_memory_s * -math.expm1(
            -(learned.empty_prior_s + learned.first_arrival_s / self._number) / learned.rate_memory_s
        )
        self._usual = self._lately.came / (self._lately.seconds + self._before * before)
        # One makes no rush.
        self._rate = (self._just_now.came + learned.burst_prior) / (
            self._just_now.seconds + learned.burst_prior / self._usual
        )
        self._just_now.came += 1

    def coming(self, ends: float, left: Floats) -> Floats:
        """How many are expected to come in the `left` seconds before `ends`, each."""
        rate, until = self._rate * HOUR_S / self._until[-1], self._up_to(ends)
        return np.array([rate * (until - self._up_to(ends - each)) for each in left.tolist()])

    def _up_to(self, time: float) -> float:
        """The sum of the shares up to a time."""
        parts = time / PART_S
        whole = int(parts)
        hours, part = divmod(whole, PARTS)
        return hours * self._until[-1] + self._until[part] + self._shares[part] * (parts - whole)

    def _pass(self, now: float) -> None:
        """Nobody came since the last one."""
        seconds = now - self._last
        busy = (self._up_to(now) - self._up_to(self._last)) / self._until[-1] * HOUR_S / seconds
        self._before *= self._lately.fade(seconds, busy)
        self._just_now.fade(seconds, busy)
        self._expect(now)
        self._last = now

    def _expect(self, now: float) -> None:
        since = self._last
        hours = (now - since) // HOUR_S
        if hours:
            self._expected = [expected + self._usual * PART_S * hours for expected in self._expected]
            for part in range(PARTS):
                self._share(part)
            since += hours * HOUR_S
        while since < now:
            part = int(since % HOUR_S // PART_S)
            until = min(now, (since // PART_S + 1) * PART_S)
            self._expected[part] += self._usual * (until - since)
            self._share(part)
            since = until

    def _share(self, part: int) -> None:
        doubt = self._learned.hour_prior
        self._shares[part] = (self._came[part] + doubt) / (self._expected[part] + doubt)
