"""config.example.toml documents every setting there is, with its default."""

import re
import tomllib
from pathlib import Path

from pydantic_core import PydanticUndefined

from bot.config import SETTING_KEYS

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
COMMENTED_OUT = re.compile(r"^# (?=[a-z_]+\.[a-z_]+ = )", re.MULTILINE)
WITHOUT_DEFAULT = {key.name for key in SETTING_KEYS if key.default in ("", PydanticUndefined)}


def documented() -> dict[str, object]:
    """The example's settings by key, commented-out ones included."""
    tree = tomllib.loads(COMMENTED_OUT.sub("", EXAMPLE.read_text(encoding="utf-8")))
    return {f"{section}.{field}": value for section, fields in tree.items() for field, value in fields.items()}


def test_every_setting_is_documented_and_the_reverse() -> None:
    """The example has exactly the keys that can be set, in the same order."""
    assert list(documented()) == sorted(documented(), key=[key.name for key in SETTING_KEYS].index)
    assert set(documented()) == {key.name for key in SETTING_KEYS}


def test_the_example_shows_the_defaults() -> None:
    """A commented-out value is the default."""
    shown = {name: value for name, value in documented().items() if name not in WITHOUT_DEFAULT}
    assert shown == {key.name: _as_toml(key.default) for key in SETTING_KEYS if key.name not in WITHOUT_DEFAULT}


def test_short_names_are_documented() -> None:
    """The example names every short environment variable."""
    text = EXAMPLE.read_text(encoding="utf-8")
    assert [key.short_name for key in SETTING_KEYS if key.short_name and key.short_name not in text] == []


def _as_toml(default: object) -> object:
    return list(default) if isinstance(default, tuple) else default
