"""`heybuddy init` writes fresh secrets for the owner only and never overwrites a file."""

import tomllib
from pathlib import Path

import pytest

from bot import init
from bot.clock import SystemClock
from bot.config import SettingsError, load_settings


def test_secrets_are_fresh(tmp_path: Path) -> None:
    """Two files have different secrets, each long enough."""
    secrets = []
    for name in ("one.toml", "two.toml"):
        init.write_config(tmp_path / name, SystemClock())
        secrets.append(tomllib.loads((tmp_path / name).read_text())["web"]["session_secret"])
    assert secrets[0] != secrets[1]
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
