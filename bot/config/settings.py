"""What can be set: a frozen model a section. A field's description says what to write where its value does not fit."""

import ipaddress
from enum import StrEnum
from typing import Annotated, Literal, get_args
from urllib.parse import urlsplit

import pydantic
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from bot.matching.fit import Weights

MINIMUM_SECRET_BYTES = 32
ROUNDING = 1e-9


class Part(StrEnum):
    """What a process can run; by default it runs all of them."""

    CHAT = "chat"  # Discord, and the courier with it
    WEB = "web"
    MATCHMAKER = "matchmaker"
    JANITOR = "janitor"


class Refused(ValueError):
    """A value that cannot stand, and the message says why; `field` is where to say it, if not where it was found."""

    def __init__(self, said: str, *, field: str | None = None) -> None:
        super().__init__(said)
        self.field = field


def is_this_machine(url: str) -> bool:
    """Whether an address never leaves this machine: what browsers hold to be safe without encryption."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _address(*schemes: str, only_here: str | None = None, path: bool = True) -> AfterValidator:
    def check(url: str) -> str:
        parts = urlsplit(url)
        safe = parts.scheme in schemes or (parts.scheme == only_here and is_this_machine(url))
        more = parts.path.strip("/") or parts.query or parts.fragment
        if not safe or not parts.hostname or parts.username or parts.port == 0 or (more and not path):
            raise ValueError
        return parts.geturl().rstrip("/")

    return AfterValidator(check)


def _sqlite(url: str) -> str:
    if url.startswith(("postgresql:", "postgres:")):
        raise Refused("PostgreSQL is not supported yet; write sqlite:///PATH, such as sqlite:///heybuddy.sqlite3")
    if not url.startswith("sqlite:///") or url == "sqlite:///":
        raise ValueError
    return url


def _long(secret: str) -> str:
    if len(secret.encode()) < MINIMUM_SECRET_BYTES:
        raise ValueError
    return secret


def _network(text: str) -> str:
    return str(ipaddress.ip_network(text.strip()))


def _leaves_room(weight: float, so_far: pydantic.ValidationInfo) -> float:
    if weight + sum(value for name, value in so_far.data.items() if name.startswith("weight_")) > 1 + ROUNDING:
        said = "adds up to more than 1 with the other weights: make some of them smaller"
        raise Refused(said, field="weight_subject")
    return weight


def _by_commas(raw: object) -> object:
    return [part for part in raw.split(",") if part.strip()] if isinstance(raw, str) else raw


def _lower(raw: object) -> object:
    return raw.lower() if isinstance(raw, str) else raw


Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1),
    Field(description="is empty or no text: write it in quotes"),
]
Secret = Annotated[Text, Field(repr=False)]
Networks = Annotated[tuple[Annotated[str, AfterValidator(_network)], ...], BeforeValidator(_by_commas)]
Share = Annotated[float, Field(ge=0, le=1, description="write a number from 0 to 1")]
Weight = Annotated[Share, AfterValidator(_leaves_room), Field(validate_default=True)]


class _Section(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(frozen=True, hide_input_in_errors=True)

    @pydantic.field_validator("*", mode="before")
    @classmethod
    def _is_no_truth_value(cls, raw: object) -> object:
        if isinstance(raw, bool):
            raise ValueError  # noqa: TRY004 (nothing else is a refusal to pydantic)
        return raw


class DiscordSettings(_Section):
    """How to reach Discord. `token` is empty only where no chat part runs."""

    token: Secret = ""
    api_base: Annotated[Text, _address("https", "http")] = Field(
        default="https://discord.com/api/v10", description="write an address such as https://discord.com/api/v10"
    )


class WebSettings(_Section):
    """Where the page is. `public_url` has no slash at its end; `trusted_proxies` are networks in CIDR form."""

    public_url: Annotated[Text, _address("https", only_here="http", path=False)] = Field(
        default="",
        description="write the page's address, such as https://study.example.org, with no path; "
        "http:// is for this machine only",
    )
    host: Text = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535, description="write a whole number from 0 to 65535")
    trusted_proxies: Networks = Field(
        default=(), description='write addresses or networks of your proxies, such as ["10.0.0.0/8"]'
    )
    session_secret: Annotated[Secret, AfterValidator(_long)] = Field(
        default="",
        description=f"write at least {MINIMUM_SECRET_BYTES} random bytes; `heybuddy init` makes such a secret",
    )


def _same_address(section: dict[str, str]) -> str:
    return section["url"].replace("ws", "http", 1)


class LiveKitSettings(_Section):
    """Which LiveKit server carries the media: `url` for browsers, `api_url` for ourselves."""

    url: Annotated[Text, _address("wss", only_here="ws")] = Field(
        description="write LiveKit's address, such as wss://video.example.org; ws:// is for this machine only"
    )
    api_key: Text
    api_secret: Secret = Field(
        description=f"has to have at least {MINIMUM_SECRET_BYTES} bytes, except on this machine: "
        "who guesses a shorter one enters any room"
    )
    api_url: Annotated[Text, _address("https", "http")] = Field(
        default_factory=_same_address,
        description="write the address at which this machine reaches LiveKit, such as http://livekit:7880",
    )

    @pydantic.field_validator("api_secret")
    @classmethod
    def _is_short_here_only(cls, secret: str, section: pydantic.ValidationInfo) -> str:
        here = is_this_machine(section.data.get("url", "ws://localhost"))  # where the address is wrong, that is enough
        return secret if here else _long(secret)


class StoreSettings(_Section):
    """Where the store is."""

    database: Annotated[Text, AfterValidator(_sqlite)] = Field(
        default="sqlite:///heybuddy.sqlite3",
        description="write sqlite:///PATH, such as sqlite:///heybuddy.sqlite3 (four slashes: from the root)",
    )


class MatchingSettings(_Section):
    """How long a member waits when they do not say, and what counts how much in a fit."""

    wait_minutes: int = Field(default=14, ge=1, le=60, description="write a whole number from 1 to 60")
    weight_subject: Weight = 0.40
    weight_style: Weight = 0.20
    weight_level: Weight = 0.15
    weight_camera: Weight = 0.10
    weight_novelty: Weight = 0.15
    bonus_favourite: Share = 0.25

    def weights(self) -> Weights:
        """What counts how much, as pairing takes it."""
        return Weights(
            subject=self.weight_subject,
            style=self.weight_style,
            level=self.weight_level,
            camera=self.weight_camera,
            novelty=self.weight_novelty,
            favourite=self.bonus_favourite,
        )


class LogSettings(_Section):
    """How much is logged, and in which form."""

    level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lower)] = Field(
        default="info", description="write one of debug, info, warning, error"
    )
    format: Annotated[Literal["text", "json"], BeforeValidator(_lower)] = Field(
        default="text", description="write one of text, json"
    )


class Settings(_Section):
    """Everything that can be set. `livekit` is None where no video is configured."""

    discord: DiscordSettings = DiscordSettings()
    web: WebSettings = WebSettings()
    livekit: LiveKitSettings | None = None
    store: StoreSettings = StoreSettings()
    matching: MatchingSettings = MatchingSettings()
    log: LogSettings = LogSettings()

    def secrets(self) -> tuple[str, ...]:
        """The values no log line may ever contain."""
        video = (self.livekit.api_secret,) if self.livekit else ()
        return tuple(value for value in (self.discord.token, self.web.session_secret, *video) if value)


SECTIONS = {name: (*get_args(field.annotation), field.annotation)[0] for name, field in Settings.model_fields.items()}
