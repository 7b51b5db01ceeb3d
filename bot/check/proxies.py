"""Whether the page knows its proxies: if not, it takes all students for one visitor."""

from collections.abc import Sequence
from ipaddress import ip_network
from typing import Final
from urllib.parse import urlsplit

from bot.check.finding import Finding, found_fault, found_note
from bot.check.receiver import LastHop
from web.client_address import ClientAddresses

SUBJECT: Final = "web.trusted_proxies"
ONE_VISITOR: Final = "all students look like one visitor to the page, and one with bad links locks everyone out"


def check_proxies(public_url: str, trusted: Sequence[str], last_hop: LastHop | None) -> Finding | None:
    """What is wrong with `trusted`, or None. `last_hop` brought a request to the check, if it could listen itself.

    The page itself speaks no TLS: with https there is always a proxy.
    """
    forwarded = last_hop.forwarded if last_hop else ()
    if urlsplit(public_url).scheme != "https" and not forwarded:
        return None
    if last_hop is None:
        message = f'is empty although a proxy speaks HTTPS: {ONE_VISITOR}; write its address, such as ["127.0.0.1"]'
        return None if trusted else found_fault(SUBJECT, message)
    if not ClientAddresses(trusted).trusts(last_hop.peer):
        message = f'lacks the proxy at {last_hop.peer}: {ONE_VISITOR}; add "{last_hop.peer}"'
        return found_fault(SUBJECT, message)
    if not forwarded:
        message = f"the proxy at {last_hop.peer} doesn't say who asks: {ONE_VISITOR}; have it send X-Forwarded-For"
        return found_fault(SUBJECT, message)
    return None


def check_trust(trusted: Sequence[str]) -> Finding | None:
    """A note about networks that hold every address, so that anybody counts as a proxy; None without such a one."""
    everybody = [network for network in trusted if ip_network(network, strict=False).prefixlen == 0]
    if not everybody:
        return None
    message = (
        f"{' and '.join(everybody)} trusts every address: whoever reaches the page past the proxy can give any address "
        "as their own, and so escape the limits against guessing; write the proxy's address alone"
    )
    return found_note(SUBJECT, message)
