"""The list of all settings, derived from the models: names, environment variables, defaults and requirements."""

from dataclasses import dataclass
from typing import Final

from pydantic.fields import FieldInfo

from bot.config.field_types import EnvironmentName, MadeUp, Part, RequiredBy
from bot.config.settings import Settings, section_models

ENVIRONMENT_PREFIX: Final = "HEYBUDDY_"
FILE_SUFFIX: Final = "_FILE"


@dataclass(frozen=True, kw_only=True)
class SettingKey:
    """One setting.

    `name` is `section.field`. `hint` tells operators what to write. `required_by` holds the parts that cannot run
    without the setting. `completes_section`: the section is optional, but cannot be used without this key. `made_up`:
    its value is a secret that is made up once.
    """

    name: str
    hint: str
    default: object
    secret: bool
    short_name: str | None
    required_by: frozenset[Part]
    completes_section: bool
    made_up: bool

    @property
    def section(self) -> str:
        """The section's name."""
        return self.name.partition(".")[0]

    @property
    def field(self) -> str:
        """The name within the section."""
        return self.name.partition(".")[2]

    @property
    def usual_variable(self) -> str:
        """The shortest of the environment variables that set this key."""
        return self.short_name or self.environment_names[0]

    @property
    def environment_names(self) -> tuple[str, ...]:
        """The environment variables that set this key; those ending in `_FILE` name a file that holds the secret."""
        long_name = f"{ENVIRONMENT_PREFIX}{self.name.replace('.', '__')}".upper()
        names = (long_name, self.short_name) if self.short_name else (long_name,)
        return (*names, *(f"{name}{FILE_SUFFIX}" for name in names)) if self.secret else names


def _setting_key(name: str, field: FieldInfo) -> SettingKey:
    short_names = [mark.name for mark in field.metadata if isinstance(mark, EnvironmentName)]
    required_by = [part for mark in field.metadata if isinstance(mark, RequiredBy) for part in mark.parts]
    return SettingKey(
        name=name,
        hint=field.description or "",
        default=field.default,
        secret=not field.repr,
        short_name=short_names[0] if short_names else None,
        required_by=frozenset(required_by),
        completes_section=field.is_required(),
        made_up=any(isinstance(mark, MadeUp) for mark in field.metadata),
    )


SETTING_KEYS: Final = tuple(
    _setting_key(f"{section}.{name}", field)
    for section, model in section_models(Settings).items()
    for name, field in model.model_fields.items()
)
