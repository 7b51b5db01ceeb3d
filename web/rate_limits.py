"""Rate limits: how often somebody may try, and who somebody is behind proxies."""

from collections import OrderedDict, deque
from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from math import ceil

from aiohttp import web

from bot.clock import Clock
from web.problems import Problem

MOST_KEYS = 50_000  # a flood of addresses forgets the oldest, never grows
Network = IPv4Network | IPv6Network


class RateLimit:
    """At most `times` marks a key within any span of `within`."""

    def __init__(self, *, clock: Clock, times: int, within: timedelta) -> None:
        self._clock = clock
        self._times = times
        self._within = within
        self._marks: OrderedDict[str, deque[datetime]] = OrderedDict()

    def mark(self, key: str) -> None:
        """Count one try; raises Problem with the seconds to wait when it is one too many."""
        now = self._clock.now()
        marks = self._recent(key, now)
        if len(marks) >= self._times:
            raise Problem("slow_down", retry_after=max(1, ceil((marks[0] + self._within - now).total_seconds())))
        marks.append(now)

    def _recent(self, key: str, now: datetime) -> deque[datetime]:
        marks = self._marks.setdefault(key, deque())
        self._marks.move_to_end(key)
        while marks and marks[0] <= now - self._within:
            marks.popleft()
        if len(self._marks) > MOST_KEYS:
            self._marks.popitem(last=False)
        return marks


class Addresses:
    """Who asks: the nearest address that is not a proxy of ours."""

    def __init__(self, trusted_proxies: Sequence[str]) -> None:
        self._trusted: Sequence[Network] = [ip_network(network) for network in trusted_proxies]

    def of(self, request: web.Request) -> str:
        """The client's address; an IPv6 client is its /64, for it has all of that to itself."""
        hops = [*request.headers.get("X-Forwarded-For", "").split(","), request.remote or ""]
        for hop in reversed(hops):
            address = hop.strip()
            if not self._is_trusted(address):
                return _key(address)
        return _key(request.remote or "")

    def _is_trusted(self, address: str) -> bool:
        try:
            return any(ip_address(address) in network for network in self._trusted)
        except ValueError:
            return False


def _key(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, 64), strict=False))
    return str(parsed)
