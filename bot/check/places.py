"""Where an address leads from here: to this machine, into a private network, or out to everybody."""

import asyncio
import ipaddress
import socket
from enum import IntEnum
from urllib.parse import urlsplit

from bot.domain.address import Address


class Reach(IntEnum):
    """From where an address can be reached; the wider, the greater."""

    THIS_MACHINE = 0
    PRIVATE = 1
    EVERYWHERE = 2


DESCRIPTIONS = ("this machine", "a private network", "the internet")


async def describe_private_address(url: str) -> str:
    """A clause that warns if the name in `url` leads to a private address from here; empty if it does not."""
    addresses = await _resolve(url)
    if reach_of_name(url) < Reach.EVERYWHERE or not addresses or _widest_reach(addresses) is Reach.EVERYWHERE:
        return ""
    return f"; from here its name leads to {addresses[0]}, so try it from outside as well"


async def _resolve(url: str) -> tuple[str, ...]:
    """The IP addresses that the name in `url` has here; empty if it has none."""
    parts = urlsplit(url)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(parts.hostname, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def _widest_reach(addresses: tuple[str, ...]) -> Reach:
    return max(_reach(ipaddress.ip_address(each.partition("%")[0])) for each in addresses)


def reach_of_name(url: str) -> Reach:
    """From where `url` may be reached as it is written. A name may mean different addresses in different places."""
    if Address.parse(url).is_loopback:
        return Reach.THIS_MACHINE
    try:
        return _reach(ipaddress.ip_address(urlsplit(url).hostname or ""))
    except ValueError:
        return Reach.EVERYWHERE


def _reach(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> Reach:
    if address.is_loopback:
        return Reach.THIS_MACHINE
    return Reach.PRIVATE if address.is_private or address.is_link_local else Reach.EVERYWHERE
