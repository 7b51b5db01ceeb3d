"""Every key there is: how it is read, its default, who needs it, and its short name in the environment."""

from dataclasses import dataclass
from typing import Final

from bot.config import values
from bot.config.settings import Part

MINIMUM_SECRET_BYTES: Final = 32
EVERY_PART: Final = frozenset(Part)
NOBODY: Final[frozenset[Part]] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Key:
    """One setting. A key with no default must be given where one of the parts in `needed_by` runs."""

    name: str
    read: values.Read
    default: object = None
    needed_by: frozenset[Part] = NOBODY
    secret: bool = False
    short_name: str | None = None

    @property
    def section(self) -> str:
        """The part before the dot."""
        return self.name.partition(".")[0]

    @property
    def field(self) -> str:
        """The part after the dot."""
        return self.name.partition(".")[2]

    @property
    def variables(self) -> tuple[str, ...]:
        """The names it goes by in the environment."""
        long_name = f"HEYBUDDY_{self.section}__{self.field}".upper()
        names = (long_name, self.short_name) if self.short_name else (long_name,)
        return (*names, *(f"{name}_FILE" for name in names)) if self.secret else names


KEYS: Final = (
    Key(
        name="discord.token",
        read=values.text,
        needed_by=frozenset({Part.CHAT}),
        secret=True,
        short_name="DISCORD_TOKEN",
    ),
    Key(name="discord.api_base", read=values.api_base, default="https://discord.com/api/v10"),
    Key(name="web.public_url", read=values.public_url, needed_by=frozenset({Part.CHAT, Part.WEB})),
    Key(name="web.host", read=values.text, default="127.0.0.1"),
    Key(name="web.port", read=values.whole_number(0, 65535), default=8080),
    Key(name="web.trusted_proxies", read=values.networks, default=()),
    Key(
        name="web.session_secret",
        read=values.secret(MINIMUM_SECRET_BYTES),
        needed_by=EVERY_PART,
        secret=True,
        short_name="SESSION_SECRET",
    ),
    Key(name="livekit.url", read=values.livekit_url, short_name="LIVEKIT_URL"),
    Key(name="livekit.api_key", read=values.text, short_name="LIVEKIT_API_KEY"),
    Key(name="livekit.api_secret", read=values.text, secret=True, short_name="LIVEKIT_API_SECRET"),
    Key(name="livekit.api_url", read=values.livekit_api_url),
    Key(name="store.database", read=values.database, default="sqlite:///heybuddy.sqlite3"),
    Key(name="matching.wait_minutes", read=values.whole_number(1, 60), default=14),
    Key(name="matching.weight_subject", read=values.share, default=0.40),
    Key(name="matching.weight_style", read=values.share, default=0.20),
    Key(name="matching.weight_level", read=values.share, default=0.15),
    Key(name="matching.weight_camera", read=values.share, default=0.10),
    Key(name="matching.weight_novelty", read=values.share, default=0.15),
    Key(name="matching.bonus_favourite", read=values.share, default=0.25),
    Key(name="log.level", read=values.one_of(("debug", "info", "warning", "error")), default="info"),
    Key(name="log.format", read=values.one_of(("text", "json")), default="text"),
)
