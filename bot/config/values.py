"""From what somebody wrote to what we use: each reader takes a TOML value or a text, or refuses with a hint."""

import ipaddress
from collections.abc import Callable, Collection
from urllib.parse import SplitResult, urlsplit

from bot.config.problems import InvalidValue

Read = Callable[[object], object]


def text(raw: object) -> str:
    """Any text but the empty one."""
    if not isinstance(raw, str) or not raw.strip():
        raise InvalidValue("is empty or no text: write it in quotes")
    return raw.strip()


def whole_number(low: int, high: int) -> Callable[[object], int]:
    """A reader of whole numbers from `low` to `high`."""
    hint = f"write a whole number from {low} to {high}"

    def read(raw: object) -> int:
        if isinstance(raw, bool) or not isinstance(raw, int | str):
            raise InvalidValue(hint)
        try:
            number = int(raw)
        except ValueError:
            raise InvalidValue(hint) from None
        if not low <= number <= high:
            raise InvalidValue(hint)
        return number

    return read


def share(raw: object) -> float:
    """A number from 0 to 1."""
    hint = "write a number from 0 to 1"
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise InvalidValue(hint)
    try:
        number = float(raw)
    except ValueError:
        raise InvalidValue(hint) from None
    if not 0 <= number <= 1:
        raise InvalidValue(hint)
    return number


def one_of(choices: Collection[str]) -> Callable[[object], str]:
    """A reader of one word out of `choices`."""

    def read(raw: object) -> str:
        if not isinstance(raw, str) or raw.lower() not in choices:
            raise InvalidValue(f"write one of {', '.join(choices)}")
        return raw.lower()

    return read


def secret(least: int) -> Callable[[object], str]:
    """A reader of secrets of at least `least` bytes."""

    def read(raw: object) -> str:
        value = text(raw)
        if len(value.encode()) < least:
            raise InvalidValue(f"write at least {least} random bytes; `heybuddy init` makes such a secret")
        return value

    return read


def networks(raw: object) -> tuple[str, ...]:
    """IP addresses or networks, as a list or separated by commas; answers in CIDR form."""
    hint = 'write addresses or networks of your proxies, such as ["10.0.0.0/8"]'
    parts = raw.split(",") if isinstance(raw, str) else raw
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise InvalidValue(hint)
    try:
        return tuple(str(ipaddress.ip_network(part.strip())) for part in parts if part.strip())
    except ValueError:
        raise InvalidValue(hint) from None


def public_url(raw: object) -> str:
    """The page's address: https, or http on this machine only; no path, the cookie is bound to the host."""
    hint = "write the page's address, such as https://study.example.org, with no path; http:// is for this machine only"
    parts = _address(raw, {"https": False, "http": True}, hint)
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise InvalidValue(hint)
    return f"{parts.scheme}://{parts.netloc}"


def api_base(raw: object) -> str:
    """A REST address, over http or https."""
    hint = "write an address such as https://discord.com/api/v10"
    return _address(raw, {"https": False, "http": False}, hint).geturl().rstrip("/")


def livekit_url(raw: object) -> str:
    """LiveKit's address for browsers: wss, or ws on this machine only."""
    hint = "write LiveKit's address, such as wss://video.example.org; ws:// is for this machine only"
    return _address(raw, {"wss": False, "ws": True}, hint).geturl().rstrip("/")


def livekit_api_url(raw: object) -> str:
    """LiveKit's address for us, where it differs from the browsers'."""
    hint = "write the address at which this machine reaches LiveKit, such as http://livekit:7880"
    return _address(raw, {"https": False, "http": False}, hint).geturl().rstrip("/")


def database(raw: object) -> str:
    """A SQLite file's address."""
    value = text(raw)
    if value.startswith(("postgresql:", "postgres:")):
        raise InvalidValue("PostgreSQL is not supported yet; write sqlite:///PATH, such as sqlite:///heybuddy.sqlite3")
    if not value.removeprefix("sqlite:///") or not value.startswith("sqlite:///"):
        raise InvalidValue("write sqlite:///PATH, such as sqlite:///heybuddy.sqlite3 (four slashes: from the root)")
    return value


def is_this_machine(url: str) -> bool:
    """Whether an address never leaves this machine: what browsers hold to be safe without encryption."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _address(raw: object, schemes: dict[str, bool], hint: str) -> SplitResult:
    """Split an address; `schemes` maps each scheme that may stand to whether it is for this machine only."""
    value = text(raw)
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise InvalidValue(hint) from None
    only_here = schemes.get(parts.scheme)
    if only_here is None or not parts.hostname or parts.username or (only_here and not is_this_machine(value)):
        raise InvalidValue(hint)
    return parts
