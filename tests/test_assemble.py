"""Which origins are our own page."""

import pytest

from bot.assemble import is_own_origin


@pytest.mark.parametrize(
    ("origin", "public_url", "expected"),
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
def test_only_our_own_address_is_own_origin(origin: str, public_url: str, expected: bool) -> None:
    """On this machine all its names at the same port are our own origin; anywhere else exactly one is."""
    assert is_own_origin(origin, public_url=public_url) == expected
