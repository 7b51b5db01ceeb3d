"""From where an address can be reached, and a warning if a name for everybody leads into a private network here."""

import asyncio
import socket

import pytest

from bot.check.places import Reach, describe_private_address, reach_of_name


@pytest.mark.parametrize(
    ("url", "reach"),
    [
        ("http://localhost:8080", Reach.THIS_MACHINE),
        ("http://alice.localhost", Reach.THIS_MACHINE),
        ("ws://127.0.0.2:7880", Reach.THIS_MACHINE),
        ("ws://[::1]:7880", Reach.THIS_MACHINE),
        ("wss://10.0.0.1", Reach.PRIVATE),
        ("wss://192.168.1.5:7880", Reach.PRIVATE),
        ("wss://169.254.1.1", Reach.PRIVATE),
        ("wss://[fd12::1]", Reach.PRIVATE),
        ("wss://8.8.8.8", Reach.EVERYWHERE),
        ("https://study.example.org", Reach.EVERYWHERE),
        ("https://localhost.example.org", Reach.EVERYWHERE),
    ],
)
def test_reach(url: str, reach: Reach) -> None:
    """As it is written: a name may mean different addresses in different places."""
    assert reach_of_name(url) is reach


@pytest.mark.parametrize(
    ("url", "addresses", "warned"),
    [
        ("https://study.example.org", ["127.0.1.1"], "127.0.1.1"),
        ("https://study.example.org", ["10.0.0.5", "fd00::5"], "10.0.0.5"),
        ("https://study.example.org", ["8.8.8.8"], None),
        ("https://study.example.org", ["10.0.0.5", "2001:4860:4860::8888"], None),
        ("https://study.example.org", ["fe80::1%eth0"], "fe80::1%eth0"),
        ("https://study.example.org", [], None),
        ("http://localhost:8080", ["127.0.0.1"], None),
        ("wss://10.0.0.5", ["10.0.0.5"], None),
    ],
)
async def test_a_private_address(
    monkeypatch: pytest.MonkeyPatch, url: str, addresses: list[str], warned: str | None
) -> None:
    """What works from here need not work from outside; an address that is written as private needs no warning."""

    async def getaddrinfo(*_: object, **__: object) -> list[tuple[object, ...]]:
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in addresses]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    expected = f"; from here its name leads to {warned}, so try it from outside as well" if warned else ""
    assert await describe_private_address(url) == expected
