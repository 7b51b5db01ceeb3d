"""Types of single settings: what each accepts, and the markers on fields that `bot.config.setting_keys` reads.

A field's description tells operators what to write if its value is invalid.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Final
from urllib.parse import urlsplit

import pydantic
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

MINIMUM_SECRET_BYTES: Final = 32
ROUNDING_ERROR: Final = 1e-9


class Part(StrEnum):
    """A part of the program that a process can run; by default it runs all of them."""

    CHAT = "chat"  # Discord, together with the courier
    WEB = "web"
    MATCHMAKER = "matchmaker"
    JANITOR = "janitor"


LOOP_OF_PART: Mapping[Part, str] = MappingProxyType(
    {Part.CHAT: "courier", Part.WEB: "rooms", Part.MATCHMAKER: "matchmaker", Part.JANITOR: "janitor"}
)
"""The loop that runs with each part: the name of its lease, and its word in `GET /readyz`."""


@dataclass(frozen=True)
class EnvironmentName:
    """Marks a field that has a short environment variable besides the long one."""

    name: str


@dataclass(frozen=True)
class RequiredBy:
    """Marks a field that `parts` cannot run without."""

    parts: tuple[Part, ...]


class InvalidValue(ValueError):
    """A value that cannot be used; the message says why. `field` names the field to blame, if it is another one."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


def is_loopback_url(url: str) -> bool:
    """Whether `url` never leaves this machine. Browsers treat such addresses as secure without encryption."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def url_with_scheme(*schemes: str, loopback_scheme: str | None = None, allow_path: bool = True) -> AfterValidator:
    """A validator of URLs that refuses user names and port 0, and strips trailing slashes.

    `loopback_scheme` is allowed for addresses of this machine only.
    """

    def check(url: str) -> str:
        parts = urlsplit(url)
        allowed = parts.scheme in schemes or (parts.scheme == loopback_scheme and is_loopback_url(url))
        beyond_host = parts.path.strip("/") or parts.query or parts.fragment
        if not allowed or not parts.hostname or parts.username or parts.port == 0 or (beyond_host and not allow_path):
            raise ValueError
        return parts.geturl().rstrip("/")

    return AfterValidator(check)


def check_secret_length(secret: str) -> str:
    """Return `secret`; raises ValueError below `MINIMUM_SECRET_BYTES`."""
    if len(secret.encode()) < MINIMUM_SECRET_BYTES:
        raise ValueError
    return secret


def check_one_word(text: str) -> str:
    """Return `text`; raises ValueError if it cannot be sent as one word in a header."""
    if not (text.isascii() and text.isprintable()) or " " in text:
        raise ValueError
    return text


def lower_case(raw: object) -> object:
    """Return text in lower case, anything else unchanged."""
    return raw.lower() if isinstance(raw, str) else raw


def _check_database_url(url: str) -> str:
    if url.startswith(("postgresql:", "postgres:")):
        raise InvalidValue("PostgreSQL is not supported yet; write sqlite:///PATH, such as sqlite:///heybuddy.sqlite3")
    if not url.startswith("sqlite:///") or url == "sqlite:///":
        raise ValueError
    return url


def _normalize_network(text: str) -> str:
    return str(ipaddress.ip_network(text.strip()))


def _check_weight_sum(weight: float, so_far: pydantic.ValidationInfo) -> float:
    total = weight + sum(value for name, value in so_far.data.items() if name.startswith("weight_"))
    if total > 1 + ROUNDING_ERROR:
        message = "adds up to more than 1 with the other weights: make some of them smaller"
        raise InvalidValue(message, field="weight_subject")
    return weight


def _split_at_commas(raw: object) -> object:
    return [part for part in raw.split(",") if part.strip()] if isinstance(raw, str) else raw


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Secret = Annotated[Text, Field(repr=False)]
DatabaseUrl = Annotated[Text, AfterValidator(_check_database_url)]
Networks = Annotated[tuple[Annotated[str, AfterValidator(_normalize_network)], ...], BeforeValidator(_split_at_commas)]
Share = Annotated[float, Field(ge=0, le=1, description="write a number from 0 to 1")]
Weight = Annotated[Share, AfterValidator(_check_weight_sum), Field(validate_default=True)]
