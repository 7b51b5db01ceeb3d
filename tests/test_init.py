"""`heybuddy init` writes fresh secrets for the owner only and never overwrites a file."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from bot import init
from bot.clock import SystemClock
from bot.config import SETTING_KEYS, SettingsError, load_settings
from hatch_build import PageHook

ROOT = Path(__file__).parents[1]


def test_secrets_are_fresh(tmp_path: Path) -> None:
    """All four secrets of two files are different, and each is long enough."""
    secrets = []
    for name in ("one.toml", "two.toml"):
        init.write_config(tmp_path / name, SystemClock())
        written = tomllib.loads((tmp_path / name).read_text())
        secrets += [written["web"]["session_secret"], written["privacy"]["key"]]
    assert len(set(secrets)) == len(secrets)
    assert all(len(secret) >= 32 for secret in secrets)


def test_only_the_owner_can_read_the_file(tmp_path: Path) -> None:
    """Other users of the machine have no access to it."""
    init.write_config(tmp_path / "config.toml", SystemClock())
    assert (tmp_path / "config.toml").stat().st_mode & 0o777 == 0o600


def test_an_existing_file_is_kept(tmp_path: Path) -> None:
    """An existing file is never overwritten."""
    (tmp_path / "config.toml").write_text("mine")
    with pytest.raises(FileExistsError):
        init.write_config(tmp_path / "config.toml", SystemClock())
    assert (tmp_path / "config.toml").read_text() == "mine"


def test_only_the_token_and_the_address_are_missing(tmp_path: Path) -> None:
    """After `init` only the token and the public address remain to be filled in."""
    init.write_config(tmp_path / "config.toml", SystemClock())
    with pytest.raises(SettingsError) as caught:
        load_settings(environment={}, path=tmp_path / "config.toml")
    assert [problem.key for problem in caught.value.problems] == ["discord.token", "web.public_url"]


def test_the_file_explains_every_setting(tmp_path: Path) -> None:
    """It is config.example.toml but for four values."""
    init.write_config(tmp_path / "config.toml", SystemClock())
    example = (ROOT / init.EXAMPLE).read_text().splitlines()
    written = (tmp_path / "config.toml").read_text().splitlines()
    changed = [new for old, new in zip(example, written, strict=True) if old != new]
    names = [line.partition(" = ")[0] for line in changed]
    assert names == ["discord.token", "web.public_url", "web.session_secret", "privacy.key"]


def test_every_line_means_the_same_wherever_it_stands(tmp_path: Path) -> None:
    """A line taken in or added at the end cannot land in another section: there are none, and names are whole."""
    path = tmp_path / "config.toml"
    init.write_config(path, SystemClock())
    taken_in = [re.sub(r"^# (?=[a-z]+\.[a-z_]+ = )", "", line) for line in path.read_text().splitlines()]
    set_lines = [line for line in taken_in if line and not line.startswith("#")]
    settings = tomllib.loads("\n".join(taken_in))
    assert len(set_lines) == len(SETTING_KEYS)
    assert tomllib.loads("\n".join(reversed(taken_in))) == settings
    for line in set_lines:
        others = [other for other in taken_in if other != line]
        assert tomllib.loads("\n".join([*others, line])) == settings


def test_the_compose_file_is_written_beside_it(tmp_path: Path) -> None:
    """Unless there is one."""
    assert init.write_compose(tmp_path)
    assert (tmp_path / "compose.yaml").read_bytes() == (ROOT / "compose.yaml").read_bytes()
    (tmp_path / "compose.yaml").write_text("mine")
    assert not init.write_compose(tmp_path)
    assert (tmp_path / "compose.yaml").read_text() == "mine"


@pytest.mark.parametrize(
    ("target", "version", "carried"),
    [("wheel", "standard", True), ("wheel", "editable", False), ("sdist", "standard", False)],
)
def test_a_wheel_carries_both_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, target: str, version: str, carried: bool
) -> None:
    """In the package, where `heybuddy init` looks first. Elsewhere they are in the project's folder."""
    monkeypatch.setattr(PageHook, "_is_built", lambda _: True)
    parts: Any = None  # of hatchling, which this hook does not use
    hook = PageHook(str(ROOT), {}, parts, parts, str(tmp_path), target)
    build_data: dict[str, Any] = {"force_include": {}}
    hook.initialize(version, build_data)
    expected = {str(ROOT / name): f"bot/{name}" for name in (init.EXAMPLE, init.COMPOSE)}
    assert build_data["force_include"] == (expected if carried else {})


def test_the_packages_own_file_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies beside an installed package belongs to others."""
    (tmp_path / "bot").mkdir()
    (tmp_path / init.COMPOSE).write_text("another's")
    (tmp_path / "bot" / init.COMPOSE).write_text("ours")
    monkeypatch.setattr(init, "PACKAGE", tmp_path / "bot")
    (tmp_path / "here").mkdir()
    assert init.write_compose(tmp_path / "here")
    assert (tmp_path / "here" / init.COMPOSE).read_text() == "ours"
