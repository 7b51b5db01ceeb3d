"""Web addresses in the form of browsers: as they write them in the headers Origin and Host, however they are spelled.

Follows the URL standard (https://url.spec.whatwg.org) where it accepts an address. Spellings that only a browser
understands, such as percent-encoded names or numbers instead of an IP address, are refused.
"""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Self

import idna

USUAL_PORTS: Final[Mapping[str, int]] = MappingProxyType({"http": 80, "https": 443, "ws": 80, "wss": 443})
HIGHEST_PORT: Final = 65535
LONGEST_NAME: Final = 253
PUNYCODE: Final = "xn--"

SPELLING: Final = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<place>[^/?#]*)(?P<path>[^?#]*)(?P<rest>.*)")
PLACE: Final = re.compile(r"(?P<host>\[[^\]]*\]|[^:\[\]]*)(?::(?P<port>[^:]*))?")
PATH: Final = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*")
RELATIVE_STEP: Final = re.compile(r"/(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)
LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")


class NoAddress(ValueError):
    """A text that is not the address of a server; the message says why, as a clause without subject."""


class NoScheme(NoAddress):
    """A text that begins with no scheme."""


@dataclass(frozen=True, kw_only=True)
class Address:
    """A server's address. `port` is None for the scheme's usual one; `path` is empty or begins with a slash."""

    scheme: str
    host: str
    port: int | None
    path: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """The address that `text` spells in any way. Raises NoAddress."""
        if any(character.isspace() for character in text):
            raise NoAddress("has a space in it")
        if "\\" in text:
            raise NoAddress("has a backslash in it, where addresses have /")
        parts = SPELLING.fullmatch(text)
        if parts is None:
            raise NoScheme("doesn't start with a scheme such as https://")
        if parts["rest"]:
            raise NoAddress("goes on with ? or #")
        if parts["place"].removesuffix(":").lower() in USUAL_PORTS and parts["path"].startswith("//"):
            raise NoAddress("starts with a scheme twice")
        scheme = parts["scheme"].lower()
        host, port = _parse_place(parts["place"], USUAL_PORTS.get(scheme))
        return cls(scheme=scheme, host=host, port=port, path=_parse_path(parts["path"]))

    @classmethod
    def listening_at(cls, host: str, port: int) -> Self:
        """The address of an HTTP server that listens at `host`: a name, or an IP address without brackets."""
        return cls(scheme="http", host=f"[{host}]" if ":" in host else host, port=port, path="")

    @property
    def origin(self) -> str:
        """The address without its path, as browsers write it in the header Origin."""
        return f"{self.scheme}://{self.host}" + ("" if self.port is None else f":{self.port}")

    def __str__(self) -> str:
        """The whole address in its normal form, without a slash at the end."""
        return f"{self.origin}{self.path}"

    @property
    def has_ipv6_host(self) -> bool:
        """Whether the host is an IPv6 address instead of a name."""
        return self.host.startswith("[")

    @property
    def is_loopback(self) -> bool:
        """Whether it never leaves this machine. Browsers treat such addresses as secure without encryption."""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        try:
            address = ipaddress.ip_address(self.host.strip("[]"))
        except ValueError:
            return False
        return address.is_loopback and getattr(address, "ipv4_mapped", None) is None


def normal_host(text: str) -> str:
    """A host's name or IP address as browsers write it: lower case, ASCII, no dot at the end; IPv6 in brackets.

    Raises NoAddress.
    """
    if text.startswith("["):
        return _ipv6_host(text.removeprefix("[").removesuffix("]"))
    name = _ascii_name(text.lower()).removesuffix(".")
    labels = name.split(".")
    if NUMBER.fullmatch(labels[-1]):
        return _ipv4_host(name)
    if len(name) > LONGEST_NAME or not all(map(_is_label, labels)):
        raise NoAddress("has a name that no server can have")
    return name


def _parse_place(place: str, usual_port: int | None) -> tuple[str, int | None]:
    if "@" in place:
        raise NoAddress("has a user name before an @")
    parts = PLACE.fullmatch(place)
    if parts is None:
        raise NoAddress("has too many colons: an IPv6 address stands in brackets")
    if not parts["host"]:
        raise NoAddress("lacks the server's name")
    host, port = normal_host(parts["host"]), _parse_port(parts["port"] or "")
    return host, None if port == usual_port else port


def _parse_port(digits: str) -> int | None:
    if not digits:
        return None
    if (
        not (digits.isascii() and digits.isdigit())
        or not 0 < int(digits[-6:]) <= HIGHEST_PORT
        or digits[:-6].strip("0")
    ):
        raise NoAddress(f"has a port that isn't a number from 1 to {HIGHEST_PORT}")
    return int(digits[-6:])


def _parse_path(path: str) -> str:
    if not PATH.fullmatch(path) or RELATIVE_STEP.search(path):
        raise NoAddress("has a path that browsers would write in another way")
    return path.rstrip("/")


def _ascii_name(name: str) -> str:
    """The name in ASCII, each foreign label as Punycode."""
    if name.isascii():
        return name
    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError:
        raise NoAddress(
            f"has a name with a character that names can't have; type it again, or write its form with {PUNYCODE}"
        ) from None


def _ipv4_host(name: str) -> str:
    try:
        return str(ipaddress.IPv4Address(name))
    except ValueError:
        raise NoAddress("has numbers that aren't an IP address such as 192.0.2.1") from None


def _ipv6_host(text: str) -> str:
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        raise NoAddress("has something in brackets that isn't an IPv6 address") from None
    if address.scope_id is not None:
        raise NoAddress("has an IPv6 address with a %, which is valid on one machine only")
    if address.ipv4_mapped:
        high, low = divmod(int(address.ipv4_mapped), 1 << 16)
        return f"[::ffff:{high:x}:{low:x}]"
    return f"[{address}]"


def _is_label(label: str) -> bool:
    """Whether browsers accept a part of a name; `label` is ASCII and in lower case."""
    if not LABEL.fullmatch(label):
        return False
    if not label.startswith(PUNYCODE):
        return True
    coded = label.removeprefix(PUNYCODE)
    try:
        decoded = coded.encode("ascii").decode("punycode")
        return (
            not decoded.isascii()
            and idna.uts46_remap(decoded) == decoded
            and decoded.encode("punycode") == coded.encode()
        )
    except ValueError:
        return False
