"""Which client a request belongs to, with and without proxies."""

import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from tests.web.browsers import Browsers
from tests.web.conftest import PROXY
from web.client_address import ClientAddresses

PROXIES = ("10.0.0.0/8", "fd00::/8", "192.0.2.1")


class FakeTransport:
    """A transport that knows the address at its other end."""

    def __init__(self, address: str) -> None:
        self.address = address

    def get_extra_info(self, name: str, default: object = None) -> object:
        return (self.address, 40_000) if name == "peername" else default


@pytest.mark.parametrize(
    ("remote", "forwarded", "client"),
    [
        ("198.51.100.7", [], "198.51.100.7"),
        ("198.51.100.7", ["203.0.113.9"], "198.51.100.7"),  # anybody can send that
        ("10.1.2.3", ["203.0.113.9"], "203.0.113.9"),
        ("10.1.2.3", ["1.1.1.1, 203.0.113.9"], "203.0.113.9"),  # the leftmost is the client's own word
        ("10.1.2.3", ["1.1.1.1, 203.0.113.9, 10.9.9.9, 192.0.2.1"], "203.0.113.9"),
        ("10.1.2.3", ["1.1.1.1", "203.0.113.9"], "203.0.113.9"),  # a proxy that adds a line
        ("10.1.2.3", ["10.4.4.4,10.5.5.5"], "10.1.2.3"),  # only our own proxies
        ("10.1.2.3", ["203.0.113.9,"], ""),
        ("10.1.2.3", ["not an address"], "not an address"),
        ("10.1.2.3", ["x" * 500], "x" * 64),
        ("10.1.2.3", ["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", [], "2001:db8:1:2::/64"),
        ("fe80::1%eth0", [], "fe80::/64"),
        ("fd00::1", ["203.0.113.9"], "203.0.113.9"),
        ("::ffff:203.0.113.9", [], "203.0.113.9"),
        ("::ffff:10.1.2.3", ["203.0.113.9"], "203.0.113.9"),
    ],
)
def test_client_address(remote: str, forwarded: list[str], client: str) -> None:
    """The rightmost address that is not our proxy; an IPv6 client is its /64, an IPv4-mapped one its IPv4 address."""
    headers = CIMultiDict([("X-Forwarded-For", line) for line in forwarded])
    request = make_mocked_request("POST", "/session", headers=headers, transport=FakeTransport(remote))
    assert ClientAddresses(PROXIES).address_of(request) == client


@pytest.mark.parametrize(
    ("remote", "forwarded", "warnings"),
    [
        ("127.0.0.1", ["203.0.113.9"], 1),
        ("172.16.0.2", ["203.0.113.9"], 1),
        ("fc00::1", ["203.0.113.9"], 1),
        ("10.1.2.3", ["203.0.113.9"], 0),  # trusted
        ("8.8.8.8", ["203.0.113.9"], 0),  # a visitor can send that
        ("127.0.0.1", [], 0),
    ],
)
def test_an_unknown_proxy_is_told_once(
    caplog: pytest.LogCaptureFixture, remote: str, forwarded: list[str], warnings: int
) -> None:
    """A proxy on this machine or in a private network that nobody trusts makes one visitor of all."""
    headers = CIMultiDict([("X-Forwarded-For", line) for line in forwarded])
    request = make_mocked_request("POST", "/session", headers=headers, transport=FakeTransport(remote))
    addresses = ClientAddresses(PROXIES)
    for _ in range(3):
        addresses.address_of(request)
    assert len(caplog.messages) == warnings
    assert all(f'add "{remote}" there' in message for message in caplog.messages)


async def test_guessing_behind_a_proxy(browsers: Browsers) -> None:
    """Clients behind our proxy are told apart, and an address that a client makes up is not believed."""
    proxy, liar = browsers.open(PROXY), browsers.open("127.0.0.3")
    for number in range(25):
        proxy.always["X-Forwarded-For"] = f"203.0.113.{number}"
        assert (await proxy.redeem("guess")).status == 404
        liar.always["X-Forwarded-For"] = f"203.0.113.{number}"
        assert (await liar.redeem("guess")).status == (404 if number < 20 else 429)
    for number in range(21):
        proxy.always["X-Forwarded-For"] = f"198.51.100.{number}, 203.0.113.200"
        assert (await proxy.redeem("guess")).status == (404 if number < 20 else 429)
