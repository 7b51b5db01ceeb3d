"""The address of a client, seen through the proxies in front of us."""

import logging
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp import web

IPV6_CLIENT_PREFIX = 64  # bits; one client usually has the whole network to itself
MAX_KEY_LENGTH = 64

Network = IPv4Network | IPv6Network

log = logging.getLogger(__name__)


class ClientAddresses:
    """Finds the address of a request's client: the nearest one outside `trusted_proxies` (networks or addresses).

    Warns once of a proxy in a private network that is not among them.
    """

    def __init__(self, trusted_proxies: Sequence[str]) -> None:
        self._trusted: Sequence[Network] = [ip_network(network) for network in trusted_proxies]
        self._has_warned = False

    def trusts(self, hop: str) -> bool:
        """Whether `hop`, an address, is one of the trusted proxies."""
        address = _parse_address(hop)
        return address is not None and any(address in network for network in self._trusted)

    def address_of(self, request: web.Request) -> str:
        """The client's address as a key for rate limits; an IPv6 client is its /64 network."""
        forwarded = request.headers.getall("X-Forwarded-For", [])  # some proxies add a header line of their own
        if forwarded:
            self._warn_of_unknown_proxy(request.remote or "")
        hops = [hop.strip() for line in [*forwarded, request.remote or ""] for hop in line.split(",")]
        return next((_rate_limit_key(hop) for hop in reversed(hops) if not self.trusts(hop)), _rate_limit_key(hops[-1]))

    def _warn_of_unknown_proxy(self, peer: str) -> None:
        """Anybody can send the header from outside, but hardly from a private network."""
        address = _parse_address(peer)
        if self._has_warned or address is None or not address.is_private or self.trusts(peer):
            return
        self._has_warned = True
        log.warning(
            "requests come through a proxy at %s that web.trusted_proxies lacks, so all students count as one visitor, "
            'and one with bad links locks all of them out: add "%s" there and restart',
            address,
            address,
        )


def _parse_address(hop: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(hop)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _rate_limit_key(hop: str) -> str:
    address = _parse_address(hop)
    if isinstance(address, IPv6Address):
        return str(ip_network((int(address), IPV6_CLIENT_PREFIX), strict=False))
    return str(address) if address else hop[:MAX_KEY_LENGTH]
