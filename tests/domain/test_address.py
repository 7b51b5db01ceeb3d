"""Every accepted spelling of an address becomes what browsers write; the expected values are those of a browser."""

# ruff: noqa: RUF001 -- letters of other scripts are what is tested

import pytest

from bot.domain.address import Address, NoAddress

SPELLINGS = [
    ("https://study.example.org", "https://study.example.org"),
    ("https://Study.Example.org", "https://study.example.org"),
    ("HTTPS://study.example.org", "https://study.example.org"),
    ("https://study.example.org/", "https://study.example.org"),
    ("https://study.example.org//", "https://study.example.org"),
    ("https://study.example.org:443", "https://study.example.org"),
    ("https://study.example.org:0443/", "https://study.example.org"),
    ("https://study.example.org:", "https://study.example.org"),
    ("https://study.example.org:80", "https://study.example.org:80"),
    ("https://study.example.org:00000000000008443", "https://study.example.org:8443"),
    ("https://study.example.org.", "https://study.example.org"),
    ("https://study。example．org。", "https://study.example.org"),
    ("https://ｓｔｕｄｙ.example.org", "https://study.example.org"),
    ("https://stu\u00addy.example.org", "https://study.example.org"),
    ("https://bücher.example", "https://xn--bcher-kva.example"),
    ("https://BÜCHER.example", "https://xn--bcher-kva.example"),
    ("https://bu\u0308cher.example", "https://xn--bcher-kva.example"),
    ("https://XN--Bcher-KVA.example", "https://xn--bcher-kva.example"),
    ("https://straße.example", "https://xn--strae-oqa.example"),
    ("https://ΣΑΣ.example", "https://xn--mxa9ab.example"),
    ("https://例え.テスト", "https://xn--r8jz45g.xn--zckzah"),
    ("https://пример.рф", "https://xn--e1afmkfd.xn--p1ai"),
    ("https://می\u200cخواهم.example", "https://xn--mgbn2ecje63gr19l.example"),
    ("https://xn--ls8h.example", "https://xn--ls8h.example"),
    ("https://my_study.example.org", "https://my_study.example.org"),
    ("http://LOCALHOST:80", "http://localhost"),
    ("http://localhost.:8080", "http://localhost:8080"),
    ("http://127.0.0.1.:8080", "http://127.0.0.1:8080"),
    ("http://１２７.０.０.１", "http://127.0.0.1"),
    ("https://[2001:DB8:0:0:0:0:0:1]:443", "https://[2001:db8::1]"),
    ("https://[0:0:0:0:0:0:0:1]:8443", "https://[::1]:8443"),
    ("https://[::FFFF:192.0.2.1]", "https://[::ffff:c000:201]"),
    ("WSS://Video.example.org:443/LiveKit/", "wss://video.example.org/LiveKit"),
    ("ws://video.example.org:80", "ws://video.example.org"),
    ("https://discord.com/api/v10/", "https://discord.com/api/v10"),
    ("https://proxy.example/a%20b/v10", "https://proxy.example/a%20b/v10"),
]


@pytest.mark.parametrize(("text", "normal"), SPELLINGS)
def test_the_form_of_browsers(text: str, normal: str) -> None:
    """Capitals, the usual port, foreign scripts, a dot or slash at the end and spellings of IP addresses."""
    assert str(Address.parse(text)) == normal


@pytest.mark.parametrize("normal", sorted({normal for _, normal in SPELLINGS}))
def test_the_normal_form_stays(normal: str) -> None:
    """Parsed again, it is the same."""
    assert str(Address.parse(normal)) == normal


REFUSED = [
    ("study.example.org", "doesn't start with a scheme"),
    ("https:study.example.org", "doesn't start with a scheme"),
    ("https：//study.example.org", "doesn't start with a scheme"),
    ("https://", "lacks the server's name"),
    ("https:///study.example.org", "lacks the server's name"),
    ("https://:8443", "lacks the server's name"),
    ("https://study example.org", "has a space in it"),
    ("https://study.\u00a0example.org", "has a space in it"),
    ("https://study.example\n.org", "has a space in it"),
    ("https://study.example.org\\", "has a backslash"),
    ("https://me:secret@study.example.org", "has a user name"),
    ("https://@study.example.org", "has a user name"),
    ("https://study.example.org?", "goes on with ? or #"),
    ("https://study.example.org/#", "goes on with ? or #"),
    ("https://study.example.org:no", "has a port that"),
    ("https://study.example.org:0", "has a port that"),
    ("https://study.example.org:65536", "has a port that"),
    ("https://study.example.org:1000080", "has a port that"),
    ("https://study.example.org:٨", "has a port that"),
    ("https://study.example.org:80:80", "has too many colons"),
    ("https://2001:db8::1", "has too many colons"),
    ("https://study..example.org", "has a name that no server"),
    ("https://.example.org", "has a name that no server"),
    ("https://study.example.org..", "has a name that no server"),
    ("https://stud%79.example.org", "has a name that no server"),
    ("https://study!.example.org", "has a name that no server"),
    ("https://-study.example.org", "has a name that no server"),
    ("https://study-.example.org", "has a name that no server"),
    (f"https://{'a' * 64}.example.org", "has a name that no server"),
    (f"https://{'a.' * 127}org", "has a name that no server"),
    ("https://xn--a.example.org", "has a name that no server"),
    ("https://xn--.example.org", "has a name that no server"),
    ("https://xn--aaa-.example.org", "has a name that no server"),
    ("https://☃\u0378.example", "has a name with a character that"),
    ("https://127.1", "has numbers that aren't an IP address"),
    ("https://0x7f.0.0.1", "has numbers that aren't an IP address"),
    ("https://192.0.2.010", "has numbers that aren't an IP address"),
    ("https://2130706433", "has numbers that aren't an IP address"),
    ("https://256.0.0.1", "has numbers that aren't an IP address"),
    ("https://study.0x1", "has numbers that aren't an IP address"),
    ("https://[::1", "has too many colons"),
    ("https://[::g]", "has something in brackets"),
    ("https://[fe80::1%25eth0]", "has an IPv6 address with a %"),
    ("https://[fe80::1%eth0]", "has an IPv6 address with a %"),
    ("https://a.example/b/../c", "has a path that browsers"),
    ("https://a.example/b/%2e%2E", "has a path that browsers"),
    ("https://a.example/ü", "has a path that browsers"),
    ("https://a.example/100%", "has a path that browsers"),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_what_is_no_address(text: str, reason: str) -> None:
    """It is refused with the reason, and never repeated, because it may hold a password."""
    with pytest.raises(NoAddress) as caught:
        Address.parse(text)
    assert str(caught.value).startswith(reason)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://localhost", True),
        ("http://alice.localhost.:8080", True),
        ("http://127.9.9.9", True),
        ("http://[::1]", True),
        ("http://[::ffff:127.0.0.1]", False),
        ("http://localhost.example", False),
        ("http://192.168.0.1", False),
    ],
)
def test_this_machine(text: str, expected: bool) -> None:
    """What browsers take for it: an IPv4 address within IPv6 is not."""
    assert Address.parse(text).is_loopback is expected
