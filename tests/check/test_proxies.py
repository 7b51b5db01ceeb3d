"""A page that does not know its proxies takes all students for one visitor, and the check says so."""

from collections.abc import Sequence

import pytest

from bot.check.proxies import check_proxies, check_trust
from bot.check.receiver import LastHop

HTTPS, HTTP = "https://study.example.org", "http://localhost:8080"
BROUGHT = LastHop(peer="10.0.0.5", forwarded=["198.51.100.7"])
SILENT = LastHop(peer="10.0.0.5", forwarded=[])


@pytest.mark.parametrize(
    ("url", "trusted", "last_hop", "said"),
    [
        (HTTP, [], None, None),
        (HTTP, [], SILENT, None),
        (HTTP, [], BROUGHT, "lacks the proxy at 10.0.0.5: all students look like one visitor to the page"),
        (HTTP, ["10.0.0.0/8"], BROUGHT, None),
        (HTTPS, [], None, "is empty although a proxy speaks HTTPS: all students look like one visitor to the page"),
        (HTTPS, ["127.0.0.1"], None, None),
        (HTTPS, ["127.0.0.1"], BROUGHT, "lacks the proxy at 10.0.0.5"),
        (HTTPS, ["127.0.0.1"], SILENT, "lacks the proxy at 10.0.0.5"),
        (HTTPS, ["10.0.0.5"], BROUGHT, None),
        (HTTPS, ["10.0.0.5"], SILENT, "the proxy at 10.0.0.5 doesn't say who asks"),
    ],
)
def test_what_is_wrong(url: str, trusted: Sequence[str], last_hop: LastHop | None, said: str | None) -> None:
    """With https there is a proxy; without, only one that says so. Without a request to ourselves less is known."""
    found = check_proxies(url, trusted, last_hop)
    assert (found is None) == (said is None)
    if found and said:
        assert (found.ok, found.subject) == (False, "web.trusted_proxies")
        assert found.message.startswith(said)


@pytest.mark.parametrize(
    ("trusted", "last_hop", "step"),
    [
        ([], None, 'write its address, such as ["127.0.0.1"]'),
        ([], BROUGHT, 'add "10.0.0.5"'),
        (["10.0.0.5"], SILENT, "have it send X-Forwarded-For"),
    ],
)
def test_the_next_step(trusted: Sequence[str], last_hop: LastHop | None, step: str) -> None:
    """Each says what to do."""
    found = check_proxies(HTTPS, trusted, last_hop)
    assert found is not None
    assert found.message.endswith(step)


@pytest.mark.parametrize(
    ("trusted", "named"),
    [
        (["0.0.0.0/0"], "0.0.0.0/0"),
        (["127.0.0.1", "::/0"], "::/0"),
        (["0.0.0.0/0", "::/0"], "0.0.0.0/0 and ::/0"),
        (["10.0.0.0/8", "fd00::/8"], None),
        ([], None),
    ],
)
def test_whoever_trusts_everybody_is_told_so(trusted: Sequence[str], named: str | None) -> None:
    """Then anybody can forge their address. It may be meant, where nothing but the proxy reaches the page."""
    found = check_trust(trusted)
    assert (found is None) == (named is None)
    if found:
        assert (found.is_note, found.subject) == (True, "web.trusted_proxies")
        assert found.message.startswith(f"{named} trusts every address: ")
        assert found.message.endswith("write the proxy's address alone")
