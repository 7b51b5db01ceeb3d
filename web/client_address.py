"""The address of a client, seen through the proxies in front of us."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp import web

IPV6_CLIENT_PREFIX = 64  # bits; one client usually has the whole network to itself
MAX_KEY_LENGTH = 64

Network = IPv4Network | IPv6Network


class ClientAddresses:
    """Finds the address of a request's client: the nearest one outside `trusted_proxies` (networks or addresses)."""

    def __init__(self, trusted_proxies: Sequence[str]) -> None:
        self._trusted: Sequence[Network] = [ip_network(network) for network in trusted_proxies]

    def trusts(self, hop: str) -> bool:
        """Whether `hop`, an address, is one of the trusted proxies."""
        address = _parse_address(hop)
        return address is not None and any(address in network for network in self._trusted)

    def address_of(self, request: web.Request) -> str:
        """The client's address as a key for rate limits; an IPv6 client is its /64 network."""
        forwarded = request.headers.getall("X-Forwarded-For", [])  # some proxies add a header line of their own
        hops = [hop.strip() for line in [*forwarded, request.remote or ""] for hop in line.split(",")]
        return next((_rate_limit_key(hop) for hop in reversed(hops) if not self.trusts(hop)), _rate_limit_key(hops[-1]))


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
