"""How often somebody may try, and who somebody is."""

from datetime import timedelta

import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from tests.clocks import VirtualClock
from tests.store.scenario import Meeting
from tests.web.browsers import Browsers
from tests.web.conftest import PROXY
from web.client_address import ClientAddresses
from web.problems import HttpProblem
from web.rate_limits import MAX_KEYS, RateLimit

PROXIES = ("10.0.0.0/8", "fd00::/8", "192.0.2.1")


class Remote:
    """A transport that says who is at its other end."""

    def __init__(self, address: str) -> None:
        self.address = address

    def get_extra_info(self, name: str, default: object = None) -> object:
        return (self.address, 40_000) if name == "peername" else default


@pytest.mark.parametrize(
    ("remote", "forwarded", "client"),
    [
        ("198.51.100.7", [], "198.51.100.7"),
        ("198.51.100.7", ["203.0.113.9"], "198.51.100.7"),  # anybody can say that
        ("10.1.2.3", ["203.0.113.9"], "203.0.113.9"),
        ("10.1.2.3", ["1.1.1.1, 203.0.113.9"], "203.0.113.9"),  # the leftmost is the client's own word
        ("10.1.2.3", ["1.1.1.1, 203.0.113.9, 10.9.9.9, 192.0.2.1"], "203.0.113.9"),
        ("10.1.2.3", ["1.1.1.1", "203.0.113.9"], "203.0.113.9"),  # a proxy that adds a line
        ("10.1.2.3", ["10.4.4.4,10.5.5.5"], "10.1.2.3"),  # nobody but ourselves
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
def test_who_asks(remote: str, forwarded: list[str], client: str) -> None:
    """The rightmost address that is not a proxy of ours; an IPv6 client is its /64, a mapped one its IPv4 address."""
    headers = CIMultiDict([("X-Forwarded-For", line) for line in forwarded])
    request = make_mocked_request("POST", "/session", headers=headers, transport=Remote(remote))
    assert ClientAddresses(PROXIES).address_of(request) == client


def test_a_window_slides() -> None:
    """Within any minute three, whenever it begins; who is refused is not punished for asking."""
    clock = VirtualClock()
    limit = RateLimit(clock=clock, max_tries=3, window=timedelta(minutes=1))
    for _ in range(3):
        limit.record_try("a")
        clock.pass_time(seconds=10)
    for wait in (30, 20, 10):
        with pytest.raises(HttpProblem) as refused:
            limit.record_try("a")
        assert refused.value.retry_after == wait
        clock.pass_time(seconds=10)
    limit.record_try("a")
    with pytest.raises(HttpProblem):
        limit.record_try("a")
    limit.record_try("b")


def test_a_flood_of_keys_is_forgotten() -> None:
    """Memory stays flat: the oldest keys go, the newest are held to their limit."""
    limit = RateLimit(clock=VirtualClock(), max_tries=1, window=timedelta(minutes=1))
    for number in range(MAX_KEYS + 10):
        limit.record_try(str(number))
    limit.record_try("0")
    with pytest.raises(HttpProblem):
        limit.record_try(str(MAX_KEYS))


async def test_guessing(meeting: Meeting, browsers: Browsers) -> None:
    """Of a hundred guesses from one address twenty are answered and the rest told to wait; a valid link still works."""
    guesser, other = browsers.open(), browsers.open("127.0.0.2")
    answers = [await guesser.redeem(f"guess {number}") for number in range(100)]
    assert [answer.status for answer in answers] == [404] * 20 + [429] * 80
    assert answers[-1].headers["Retry-After"] == "60"
    assert answers[-1].json["retry_after"] == 60
    assert (await other.redeem("guess")).status == 404
    assert (await guesser.redeem(meeting.tokens[0])).status == 201


async def test_guessing_behind_a_proxy(browsers: Browsers) -> None:
    """Clients of our proxy are told apart, and what a client invents of itself is not believed."""
    proxy, liar = browsers.open(PROXY), browsers.open("127.0.0.3")
    for number in range(25):
        proxy.always["X-Forwarded-For"] = f"203.0.113.{number}"
        assert (await proxy.redeem("guess")).status == 404
        liar.always["X-Forwarded-For"] = f"203.0.113.{number}"
        assert (await liar.redeem("guess")).status == (404 if number < 20 else 429)
    for number in range(21):
        proxy.always["X-Forwarded-For"] = f"198.51.100.{number}, 203.0.113.200"
        assert (await proxy.redeem("guess")).status == (404 if number < 20 else 429)
