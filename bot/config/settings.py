"""What a valid configuration is, once it has been read: one frozen dataclass a section."""

from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """What a process can run; by default it runs all of them."""

    CHAT = "chat"  # Discord, and the courier with it
    WEB = "web"
    MATCHMAKER = "matchmaker"
    JANITOR = "janitor"


@dataclass(frozen=True, kw_only=True)
class DiscordSettings:
    """How to reach Discord. `token` is empty only where no chat part runs."""

    token: str
    api_base: str


@dataclass(frozen=True, kw_only=True)
class WebSettings:
    """Where the page is. `public_url` has no slash at its end; `trusted_proxies` are networks in CIDR form."""

    public_url: str
    host: str
    port: int
    trusted_proxies: tuple[str, ...]
    session_secret: str


@dataclass(frozen=True, kw_only=True)
class LiveKitSettings:
    """Which LiveKit server carries the media: `url` for browsers, `api_url` for ourselves."""

    url: str
    api_url: str
    api_key: str
    api_secret: str


@dataclass(frozen=True, kw_only=True)
class StoreSettings:
    """Where the ledger is."""

    database: str


@dataclass(frozen=True, kw_only=True)
class MatchingSettings:
    """How long a member waits when they do not say, and what counts how much in a fit."""

    wait_minutes: int
    weight_subject: float
    weight_style: float
    weight_level: float
    weight_camera: float
    weight_novelty: float
    bonus_favourite: float


@dataclass(frozen=True, kw_only=True)
class LogSettings:
    """How much is logged, and in which form."""

    level: str
    format: str


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that can be set. `livekit` is None where no video is configured."""

    discord: DiscordSettings
    web: WebSettings
    livekit: LiveKitSettings | None
    store: StoreSettings
    matching: MatchingSettings
    log: LogSettings

    def secrets(self) -> tuple[str, ...]:
        """The values no log line may ever contain."""
        video = (self.livekit.api_secret,) if self.livekit else ()
        return tuple(value for value in (self.discord.token, self.web.session_secret, *video) if value)
