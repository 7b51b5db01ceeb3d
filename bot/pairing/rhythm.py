"""The rhythm of a pool: how often people come of late, and in which parts of the hour, as far as its past tells.

Times are seconds since the epoch, so that their remainder by 3600 is the place in the hour.
"""

import math
from itertools import accumulate
from typing import Final

import numpy as np

from bot.pairing.fits import Floats
from bot.pairing.keep import Learned

HOUR_S: Final = 3600.0
PARTS: Final = 12
PART_S: Final = HOUR_S / PARTS


class Rhythm:
    """Made when the first one comes."""

    def __init__(self, now: float, learned: Learned) -> None:
        self._memory = learned.memory_s
        self._grace = learned.grace_s
        self._few = learned.first_s
        self._doubt = learned.doubt
        self._first = self._last = now
        self._number = 0
        self._lately = 0.0  # how many came, the older the less they count
        self._came = [0.0] * PARTS
        self._expected = [0.0] * PARTS  # how many would have come to each part of the hour if all were alike
        self._shares = [1.0] * PARTS  # how many of those came
        self._until = [float(part) for part in range(PARTS + 1)]  # the sum of the shares up to each edge of the parts
        self.one_comes(now)

    def one_comes(self, now: float) -> None:
        """Somebody has come, not before the last one."""
        part = int(now % HOUR_S // PART_S)
        usual = self._until[-1] / PARTS / self._shares[part]  # who comes in a busy part tells less of the rest
        self._expect(now)
        self._lately = self._lately * math.exp((self._last - now) / self._memory) + usual
        self._last = now
        self._number += 1
        self._came[part] += 1
        self._share(part)
        self._until = list(accumulate(self._shares, initial=0.0))

    def coming(self, ends: float, left: Floats) -> Floats:
        """How many are expected to come in the `left` seconds before `ends`, each."""
        rate, until = self._rate() * HOUR_S / self._until[-1], self._up_to(ends)
        return np.array([rate * (until - self._up_to(ends - each)) for each in left.tolist()])

    def _up_to(self, time: float) -> float:
        """The sum of the shares up to a time."""
        parts = time / PART_S
        whole = int(parts)
        hours, part = divmod(whole, PARTS)
        return hours * self._until[-1] + self._until[part] + self._shares[part] * (parts - whole)

    def _rate(self) -> float:
        """How many come in a second, the part of the hour aside; two who come together make no busy pool."""
        seen = self._last - self._first + self._grace + self._few / max(1, self._number)
        return self._lately / (self._memory * -math.expm1(-seen / self._memory))

    def _expect(self, now: float) -> None:
        rate, since = self._rate(), self._last
        hours = (now - since) // HOUR_S
        if hours:
            self._expected = [expected + rate * PART_S * hours for expected in self._expected]
            for part in range(PARTS):
                self._share(part)
            since += hours * HOUR_S
        while since < now:
            part = int(since % HOUR_S // PART_S)
            until = min(now, (since // PART_S + 1) * PART_S)
            self._expected[part] += rate * (until - since)
            self._share(part)
            since = until

    def _share(self, part: int) -> None:
        self._shares[part] = (self._came[part] + self._doubt) / (self._expected[part] + self._doubt)
