"""Whose requests are our own page's."""

import pytest

from bot.assemble import is_ours


@pytest.mark.parametrize(
    ("origin", "public_url", "ours"),
    [
        ("https://study.example.org", "https://study.example.org", True),
        ("https://evil.example.org", "https://study.example.org", False),
        ("http://study.example.org", "https://study.example.org", False),
        ("https://localhost", "https://study.example.org", False),
        ("http://alice.localhost:8080", "http://localhost:8080", True),
        ("http://127.0.0.1:8080", "http://localhost:8080", True),
        ("http://localhost:9090", "http://localhost:8080", False),
        ("https://localhost:8080", "http://localhost:8080", False),
        ("http://localhost.example.org:8080", "http://localhost:8080", False),
        ("http://localhost:x", "http://localhost:8080", False),
        ("null", "http://localhost:8080", False),
    ],
)
def test_only_our_own_address_is_ours(origin: str, public_url: str, ours: bool) -> None:
    """On this machine all its names at the same port are ours, anywhere else exactly one."""
    assert is_ours(origin, public_url=public_url) == ours
