"""config.example.toml documents every setting there is, with its default; documents show settings that are taken."""

import re
import tomllib
from pathlib import Path

import pytest
from pydantic_core import PydanticUndefined

from bot.clock import SystemClock
from bot.config import SETTING_KEYS, load_settings
from bot.init import write_config

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "config.example.toml"
SHOWN_LINE = re.compile(r"^ {4}(\w[\w.]* = .*)$|`(\w[\w.]* = [^`]+)`", re.MULTILINE)
SHOWN_VALUE = re.compile(r"`([a-z]+\.\w+)` is\s+`([^`]+)`")
SHOWN_OVERRIDE = re.compile(r"--set ([\w.]+)=(\S+)")
VIDEO = {
    "LIVEKIT_URL": "wss://video.example.org",
    "LIVEKIT_API_KEY": "key",
    "LIVEKIT_API_SECRET": "x" * 32,
}
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


def test_the_example_fits_into_80_columns() -> None:
    """It is read in an editor on a server, which may have no more."""
    assert [line for line in EXAMPLE.read_text(encoding="utf-8").splitlines() if len(line) > 80] == []


def test_short_names_are_documented() -> None:
    """The example names every short environment variable."""
    text = EXAMPLE.read_text(encoding="utf-8")
    assert [key.short_name for key in SETTING_KEYS if key.short_name and key.short_name not in text] == []


def _as_toml(default: object) -> object:
    return list(default) if isinstance(default, tuple) else default


@pytest.mark.parametrize(("document", "count"), [("README.md", 4), ("docs/hosting.md", 7), ("docs/scaling.md", 2)])
def test_settings_in_documents_are_taken(tmp_path: Path, document: str, count: int) -> None:
    """Each line, written into the file that `heybuddy init` writes, in the place of the one that is there."""
    text = (ROOT / document).read_text(encoding="utf-8")
    lines = [line or inline for line, inline in SHOWN_LINE.findall(text)]
    lines += [f"{name} = {_in_quotes(value)}" for name, value in SHOWN_VALUE.findall(text)]
    overrides = SHOWN_OVERRIDE.findall(text)
    assert len(lines) + len(overrides) == count
    path = tmp_path / "config.toml"
    for line in lines:
        path.unlink(missing_ok=True)
        write_config(path, SystemClock())
        name = line.partition(" = ")[0]
        written = re.sub(rf"^{re.escape(name)} = .*$", "", path.read_text(), flags=re.MULTILINE)
        path.write_text(f"{written}{line}\n")
        beside = {key: value for key, value in VIDEO.items() if key != name.replace(".", "_").upper()}
        load_settings(environment=beside, path=path, parts=())
    load_settings(environment={}, overrides=dict(overrides), parts=())


def _in_quotes(value: str) -> str:
    """The value as it stands in the file; lists stand there as they are."""
    return value if value.startswith("[") else f'"{value}"'
