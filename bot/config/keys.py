"""Every key there is, as the models have it, with its names in the environment and the parts that cannot do without."""

from dataclasses import dataclass
from typing import Final

from pydantic.fields import FieldInfo

from bot.config.settings import SECTIONS, Part

SHORT_NAMES: Final = {
    "discord.token": "DISCORD_TOKEN",
    "web.session_secret": "SESSION_SECRET",
    "livekit.url": "LIVEKIT_URL",
    "livekit.api_key": "LIVEKIT_API_KEY",
    "livekit.api_secret": "LIVEKIT_API_SECRET",
}
NEEDED_BY: Final = {
    "discord.token": frozenset({Part.CHAT}),
    "web.public_url": frozenset({Part.CHAT, Part.WEB}),
    "web.session_secret": frozenset(Part),
}


@dataclass(frozen=True, kw_only=True)
class Key:
    """One setting, `section.field`; `hint` says what to write."""

    name: str
    hint: str
    default: object
    secret: bool
    short_name: str | None

    @property
    def variables(self) -> tuple[str, ...]:
        """The names it goes by in the environment."""
        long_name = f"HEYBUDDY_{self.name.replace('.', '__')}".upper()
        names = (long_name, self.short_name) if self.short_name else (long_name,)
        return (*names, *(f"{name}_FILE" for name in names)) if self.secret else names


def _key(name: str, field: FieldInfo) -> Key:
    hint, secret = field.description or "", not field.repr
    return Key(name=name, hint=hint, default=field.default, secret=secret, short_name=SHORT_NAMES.get(name))


KEYS: Final = tuple(
    _key(f"{section}.{name}", field)
    for section, model in SECTIONS.items()
    for name, field in model.model_fields.items()
)
