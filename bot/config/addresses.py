"""Types of settings that are addresses: each is brought to one form, that of browsers, or refused with the reason."""

import ipaddress
import re
from typing import Annotated, Final
from urllib.parse import parse_qs, urlsplit

from pydantic import AfterValidator, BeforeValidator

from bot.config.field_types import InvalidValue, NotAsDescribed
from bot.config.written_text import Line
from bot.domain.address import Address, NoAddress, NoScheme, normal_host

DISCORD: Final = re.compile(r"(?:.+\.)?discord(?:app)?\.com")
API_VERSION: Final = "/v10"
"""The version of Discord's REST API that discord.py speaks."""
BETWEEN_NETWORKS: Final = re.compile(r"[\s,;]+")
LIST_IN_BRACKETS: Final = re.compile(r"""\s*\[(\s*["'].*["']\s*|[^\[\]]*)\]\s*""", re.DOTALL)
SQLITE: Final = re.compile(r"sqlite:///", re.IGNORECASE)
POSTGRES: Final = re.compile(r"postgres(?:ql)?://", re.IGNORECASE)
HOST_AND_PORT: Final = re.compile(r"(?:\[[^\]]*\]|[^:\[\]]*)(?::([0-9]{1,9}))?")
HIGHEST_PORT: Final = 65535
SSL_MODES: Final = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


def is_loopback_url(url: str) -> bool:
    """Whether `url`, an address in its normal form, never leaves this machine."""
    return Address.parse(url).is_loopback


def password_in(url: str) -> str:
    """The password in an address, as it is written there; empty if there is none."""
    return urlsplit(url).password or ""


def url_with_scheme(
    *schemes: str,
    loopback_scheme: str | None = None,
    allow_path: bool = True,
    for_browsers_policy: bool = False,
) -> AfterValidator:
    """A validator that brings an address to its normal form, without a slash at the end, or refuses it.

    `loopback_scheme` is allowed for addresses of this machine only;
    `for_browsers_policy`: a Content-Security-Policy names the address, and it can name no IPv6 address.
    """
    lacks_scheme = f"doesn't start with {' or '.join(f'{scheme}://' for scheme in schemes)}"

    def check(url: str) -> str:
        try:
            address = Address.parse(url)
        except NoScheme:
            raise NotAsDescribed(lacks_scheme) from None
        except NoAddress as fault:
            raise NotAsDescribed(str(fault)) from fault
        if address.scheme not in schemes and (address.scheme != loopback_scheme or not address.is_loopback):
            raise NotAsDescribed(lacks_scheme)
        if address.path and not allow_path:
            raise NotAsDescribed("has a path after the server's name")
        if address.has_ipv6_host and for_browsers_policy:
            raise NotAsDescribed("has an IPv6 address, which the page's rules for browsers can't name; give it a name")
        return str(address)

    return AfterValidator(check)


def _check_api_base(url: str) -> str:
    """What stands elsewhere than at Discord may have any path, and be reached without encryption."""
    address = Address.parse(url)
    if DISCORD.fullmatch(address.host) and address.scheme != "https":
        raise NotAsDescribed("would send the token unencrypted")
    if DISCORD.fullmatch(address.host) and not address.path.endswith(API_VERSION):
        raise NotAsDescribed(f"doesn't end in {API_VERSION}")
    return url


def _normalize_host(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text.removeprefix("[").removesuffix("]")))
    except ValueError:
        pass
    try:
        return normal_host(text)
    except NoAddress as fault:
        reason = (
            "is more than a name or an IP address; the port has a key of its own" if re.search("[:/]", text) else fault
        )
        raise NotAsDescribed(str(reason)) from fault


def _normalize_network(text: str) -> str:
    """The network that a proxy's address or network in any spelling means; one of IPv4 within IPv6 is one of IPv4."""
    address, slash, length = text.partition("/")
    try:
        interface = ipaddress.ip_interface(address.strip("[]").partition("%")[0] + slash + length)
    except ValueError:
        raise NotAsDescribed(f"{text!r} is neither an IP address nor a network") from None
    network = interface.network
    if interface.ip != network.network_address:
        raise InvalidValue(
            f"{text} has host bits set: write {network} for the whole network, or {interface.ip} for this one machine"
        )
    mapped = network.network_address.ipv4_mapped if isinstance(network, ipaddress.IPv6Network) else None
    within_ipv4 = network.prefixlen - (ipaddress.IPV6LENGTH - ipaddress.IPV4LENGTH)
    return str(ipaddress.IPv4Network((mapped, within_ipv4)) if mapped and within_ipv4 >= 0 else network)


def _split_networks(raw: object) -> object:
    """The single networks in a text, which may be written as a list is in the file, or in each text of a list."""
    if isinstance(raw, str):
        as_in_file = LIST_IN_BRACKETS.fullmatch(raw)
        parts = BETWEEN_NETWORKS.split(as_in_file[1] if as_in_file else raw)
        return [network for part in parts if (network := part.strip("\"'"))]
    if isinstance(raw, list) and all(isinstance(text, str) for text in raw):
        return _split_networks(" ".join(raw))
    return raw


def _check_database_url(url: str) -> str:
    """The address with its scheme in lower case; relative paths stay relative."""
    if scheme := POSTGRES.match(url):
        return _check_postgres_url(f"postgresql://{url[scheme.end() :]}")
    scheme = SQLITE.match(url)
    if scheme is None:
        raise NotAsDescribed("doesn't start with sqlite:/// or postgresql://")
    path = url[scheme.end() :]
    if not path:
        raise NotAsDescribed("names no file")
    if "?" in path:
        raise NotAsDescribed("has a ? in it, but takes no options after the path")
    if path.startswith(":memory:"):
        raise NotAsDescribed("would keep nothing: the database has to be a file")
    if path.startswith(("~", "$")):
        raise NotAsDescribed("starts with ~ or $, which only a shell replaces")
    return f"sqlite:///{path}"


def _check_postgres_url(url: str) -> str:
    """The address as it is, if it names a database; what it names is found out by connecting."""
    try:
        parts = urlsplit(url)
        options = parse_qs(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        raise NotAsDescribed("can't be taken apart; write special signs in it as %XX, such as %23 for #") from None
    if {"password", "sslpassword"} & options.keys():
        raise NotAsDescribed("has the password behind the ?, where logs might show it")
    if parts.fragment:
        raise NotAsDescribed("has a # in it; write it as %23")
    if "@" in parts.path or parts.netloc.count("@") > 1:
        raise InvalidValue("has a special sign in the password: write / as %2F there, and @ as %40")
    for server in parts.netloc.rpartition("@")[2].split(","):
        port = HOST_AND_PORT.fullmatch(server)
        if port is None or (port[1] and not 0 < int(port[1]) <= HIGHEST_PORT):
            raise InvalidValue("has a port that isn't a number from 1 to 65535")
    if not parts.path.removeprefix("/") and not {"dbname", "database"} & options.keys():
        raise NotAsDescribed("names no database")
    if (mode := options.get("sslmode", [SSL_MODES[0]])[-1]) not in SSL_MODES:
        raise InvalidValue(f"has sslmode={mode}; write one of {', '.join(SSL_MODES)}")
    return url


ApiBase = Annotated[Line, url_with_scheme("https", "http"), AfterValidator(_check_api_base)]
DatabaseUrl = Annotated[Line, AfterValidator(_check_database_url)]
Host = Annotated[Line, AfterValidator(_normalize_host)]
Networks = Annotated[tuple[Annotated[str, AfterValidator(_normalize_network)], ...], BeforeValidator(_split_networks)]
