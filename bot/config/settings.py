"""Every setting there is: one frozen model per section. `config.example.toml` documents the same keys."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Final, Literal, get_args

import pydantic
from pydantic import BeforeValidator, Field

from bot.config.addresses import ApiBase, DatabaseUrl, Host, Networks, is_loopback_url, password_in, url_with_scheme
from bot.config.field_types import EnvironmentName, InvalidValue, MadeUp, Part, RequiredBy, Seconds, Weight, lower_case
from bot.config.written_text import (
    MINIMUM_SECRET_BYTES,
    Line,
    LongSecret,
    Secret,
    Text,
    Token,
    check_secret_length,
    refuse_quotes_around,
)
from bot.domain.ticket import LONGEST_WAIT_MINUTES, SHORTEST_WAIT_MINUTES
from bot.matching.fit import Weights
from bot.store import PoolSettings

DEFAULT_WEIGHTS: Final = Weights()
DEFAULT_POOL: Final = PoolSettings()


class _Section(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(frozen=True, hide_input_in_errors=True)

    @pydantic.field_validator("*", mode="before")
    @classmethod
    def _refuse_what_no_setting_is(cls, raw: object, field: pydantic.ValidationInfo) -> object:
        if isinstance(raw, bool) and cls.model_fields[str(field.field_name)].annotation is not bool:
            raise ValueError
        return refuse_quotes_around(raw)


class DiscordSettings(_Section):
    """How to reach Discord. `token` may be empty only if the chat part does not run.

    `shard_count` is 0 for as many as Discord recommends.
    """

    token: Annotated[Token, EnvironmentName("DISCORD_TOKEN"), RequiredBy((Part.CHAT,))] = Field(
        default="",
        description="copy the bot's token from the page Bot of your application in Discord's developer portal, "
        "and nothing else",
    )
    api_base: ApiBase = Field(
        default="https://discord.com/api/v10",
        description="write an address such as https://discord.com/api/v10, with its whole path",
    )
    shard_count: int = Field(
        default=0, ge=0, description="write the number of all shards, or 0 for as many as Discord recommends"
    )


class WebSettings(_Section):
    """Where the page is. `public_url` has no slash at its end; `trusted_proxies` are networks in CIDR form."""

    public_url: Annotated[
        Line, url_with_scheme("https", loopback_scheme="http", allow_path=False), RequiredBy((Part.CHAT, Part.WEB))
    ] = Field(
        default="",
        description="write the page's address, such as https://study.example.org, with no path; "
        "http:// is for this machine only",
    )
    host: Host = Field(default="127.0.0.1", description='write an address of this machine, such as "127.0.0.1"')
    port: int = Field(default=8080, ge=0, le=65535, description="write a whole number from 0 to 65535")
    trusted_proxies: Networks = Field(
        default=(), description='write addresses or networks of your proxies, such as ["10.0.0.0/8"]'
    )
    session_secret: Annotated[LongSecret, EnvironmentName("SESSION_SECRET"), RequiredBy(tuple(Part)), MadeUp()] = Field(
        default="",
        description=f"write at least {MINIMUM_SECRET_BYTES} random bytes; `heybuddy init` makes such a secret",
    )


def _api_url_from(section: dict[str, str]) -> str:
    return section["url"].replace("ws", "http", 1)


class LiveKitSettings(_Section):
    """Which LiveKit server carries the media: `url` is for browsers, `api_url` for this program."""

    url: Annotated[
        Line, url_with_scheme("wss", loopback_scheme="ws", for_browsers_policy=True), EnvironmentName("LIVEKIT_URL")
    ] = Field(description="write LiveKit's address, such as wss://video.example.org; ws:// is for this machine only")
    api_key: Annotated[Text, EnvironmentName("LIVEKIT_API_KEY")] = Field(
        description='copy the key from LiveKit\'s configuration, in quotes, such as "APIx2y"'
    )
    api_secret: Annotated[Secret, EnvironmentName("LIVEKIT_API_SECRET")] = Field(
        description="copy the secret from LiveKit's configuration; except on this machine it needs at least "
        f"{MINIMUM_SECRET_BYTES} bytes, because whoever guesses a shorter one can enter any room"
    )
    api_url: Annotated[Line, url_with_scheme("https", "http")] = Field(
        default_factory=_api_url_from,
        description="write the address at which this machine reaches LiveKit, such as http://livekit:7880",
    )

    @pydantic.field_validator("api_secret")
    @classmethod
    def _check_secret_length(cls, secret: str, section: pydantic.ValidationInfo) -> str:
        # An invalid address is a problem of its own: do not report the secret as well.
        local = is_loopback_url(section.data.get("url", "ws://localhost"))
        return secret if local else check_secret_length(secret)


class StoreSettings(_Section):
    """Where the database is. The rest is for PostgreSQL: connections that read at the same time, and patience."""

    database: DatabaseUrl = Field(
        default="sqlite:///heybuddy.sqlite3",
        repr=False,  # it may have a password in it
        description="write sqlite:///PATH, such as sqlite:///heybuddy.sqlite3, with four slashes for a path from the "
        "root, or postgresql://USER:PASSWORD@HOST/DATABASE",
    )
    pool_size: int = Field(default=DEFAULT_POOL.size, ge=1, le=100, description="write a whole number from 1 to 100")
    connect_timeout_s: Seconds = DEFAULT_POOL.connect_timeout_s
    query_timeout_s: Seconds = DEFAULT_POOL.query_timeout_s

    def pool(self) -> PoolSettings:
        """The settings of PostgreSQL's connections as the store takes them."""
        return PoolSettings(
            size=self.pool_size, connect_timeout_s=self.connect_timeout_s, query_timeout_s=self.query_timeout_s
        )


class MatchingSettings(_Section):
    """How long a member waits by default, in minutes, and the weights of a fit, which add up to at most 1."""

    wait_minutes: int = Field(
        default=14,
        ge=SHORTEST_WAIT_MINUTES,
        le=LONGEST_WAIT_MINUTES,
        description=f"write a whole number from {SHORTEST_WAIT_MINUTES} to {LONGEST_WAIT_MINUTES}",
    )
    weight_subject: Weight = DEFAULT_WEIGHTS.subject
    weight_style: Weight = DEFAULT_WEIGHTS.style
    weight_level: Weight = DEFAULT_WEIGHTS.level
    weight_camera: Weight = DEFAULT_WEIGHTS.camera
    weight_novelty: Weight = DEFAULT_WEIGHTS.novelty

    def weights(self) -> Weights:
        """The weights as `bot.matching` takes them."""
        prefix = "weight_"
        return Weights(**{name.removeprefix(prefix): value for name, value in self if name.startswith(prefix)})


class PrivacySettings(_Section):
    """What is kept of members, and whom the operator lets in.

    `key`: what outlives the deletion of a member's data names them by a hash that this key makes.
    """

    key: Annotated[LongSecret, RequiredBy(tuple(Part)), MadeUp()] = Field(
        default="",
        repr=False,
        description=f"write at least {MINIMUM_SECRET_BYTES} random bytes, and never change them; "
        "`heybuddy init` makes such a key",
    )
    allow_minors_without_login: bool = Field(default=False, description="write true or false")


class LogSettings(_Section):
    """How much is logged, and in which format."""

    level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(lower_case)] = Field(
        default="info", description="write one of debug, info, warning, error"
    )
    format: Annotated[Literal["text", "json"], BeforeValidator(lower_case)] = Field(
        default="text", description="write one of text, json"
    )


class OpsSettings(_Section):
    """Where operators read the metrics of a process, none with port 0, and who hears of reports that nobody reads.

    `safety_contact` is the id of a Discord user, 0 for nobody.
    """

    host: Host = Field(default="127.0.0.1", description='write an address of this machine, such as "127.0.0.1"')
    port: int = Field(
        default=9464, ge=0, le=65535, description="write a whole number from 1 to 65535, or 0 for no metrics"
    )
    safety_contact: int = Field(
        default=0, ge=0, lt=1 << 63, description="write the id of your own Discord account, or 0 for nobody"
    )


class Settings(_Section):
    """Every setting. `livekit` is None if no video is configured."""

    discord: DiscordSettings = DiscordSettings()
    web: WebSettings = WebSettings()
    livekit: LiveKitSettings | None = None
    store: StoreSettings = StoreSettings()
    matching: MatchingSettings = MatchingSettings()
    privacy: PrivacySettings = PrivacySettings()
    log: LogSettings = LogSettings()
    ops: OpsSettings = Field(default=OpsSettings(), validate_default=True)

    @pydantic.field_validator("ops")
    @classmethod
    def _refuse_port_of_page(cls, ops: OpsSettings, settings: pydantic.ValidationInfo) -> OpsSettings:
        web = settings.data.get("web")
        if web and ops.port == web.port != 0:
            raise InvalidValue("is web.port as well; choose another one, or 0 for no metrics", field="port")
        return ops

    def secrets(self) -> tuple[str, ...]:
        """The values that no log line may ever contain: those of all secret fields that are set."""
        return tuple(value for value in self._secret_values() if value)

    def _secret_values(self) -> Iterator[str]:
        for name, model in section_models(Settings).items():
            section = getattr(self, name)
            secret = [field for field, info in model.model_fields.items() if not info.repr] if section else []
            for field in secret:
                value = getattr(section, field)
                yield password_in(value) if section is self.store else value


def section_models(settings: type[Settings]) -> Mapping[str, type[pydantic.BaseModel]]:
    """The model of each section by its name, in the order of `config.example.toml`."""
    return {name: (*get_args(field.annotation), field.annotation)[0] for name, field in settings.model_fields.items()}
