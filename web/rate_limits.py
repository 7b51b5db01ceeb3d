"""Rate limits: how often somebody may try, and who somebody is behind proxies."""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from math import ceil

from aiohttp import web

from bot.clock import Clock
from web.problems import HttpProblem

MOST_KEYS = 50_000  # a flood of addresses forgets the oldest, never grows
Network = IPv4Network | IPv6Network


class RateLimit:
    """At most `times` marks a key within any span of `within`."""

    def __init__(self, *, clock: Clock, times: int, within: timedelta) -> None:
        self._clock = clock
        self._times = times
        self._within = within
        self._marks: OrderedDict[str, list[datetime]] = OrderedDict()

    def mark(self, key: str) -> None:
        """Count one try; raises HttpProblem with the seconds to wait when it is one too many."""
        now = self._clock.now()
        marks = self._recent(key, now)
        if len(marks) >= self._times:
            raise HttpProblem("slow_down", retry_after=max(1, ceil((marks[0] + self._within - now).total_seconds())))
        marks.append(now)

    def _recent(self, key: str, now: datetime) -> list[datetime]:
        marks = self._marks[key] = [mark for mark in self._marks.get(key, ()) if mark > now - self._within]
        self._marks.move_to_end(key)
        if len(self._marks) > MOST_KEYS:
            self._marks.popitem(last=False)
        return marks


class Addresses:
    """Who asks: the nearest address that is not a proxy of ours."""

    def __init__(self, trusted_proxies: Sequence[str]) -> None:
        self._trusted: Sequence[Network] = [ip_network(network) for network in trusted_proxies]

    def of(self, request: web.Request) -> str:
        """The client's address; an IPv6 client is its /64, for it has all of that to itself."""
        lines = request.headers.getall("X-Forwarded-For", [])  # some proxies add a line of their own
        hops = [hop.strip() for line in [*lines, request.remote or ""] for hop in line.split(",")]
        return next((_key(hop) for hop in reversed(hops) if not self._is_trusted(hop)), _key(hops[-1]))

    def _is_trusted(self, hop: str) -> bool:
        address = _parsed(hop)
        return address is not None and any(address in network for network in self._trusted)


def _parsed(hop: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(hop)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _key(hop: str) -> str:
    address = _parsed(hop)
    if isinstance(address, IPv6Address):
        return str(ip_network((int(address), 64), strict=False))
    return str(address) if address else hop[:64]
