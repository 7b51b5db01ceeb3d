"""The first configuration: fresh secrets, for its owner only, never over another."""

import tomllib
from pathlib import Path

import pytest

from bot import init
from bot.clock import SystemClock
from bot.config import SettingsError, load_settings


def test_it_holds_fresh_secrets(tmp_path: Path) -> None:
    """Two configurations have two secrets, each long enough."""
    made = []
    for name in ("one.toml", "two.toml"):
        init.write_config(tmp_path / name, SystemClock())
        made.append(tomllib.loads((tmp_path / name).read_text())["web"]["session_secret"])
    assert made[0] != made[1]
    assert all(len(secret) >= 32 for secret in made)


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    """Other users of the machine see no secret."""
    init.write_config(tmp_path / "config.toml", SystemClock())
    assert (tmp_path / "config.toml").stat().st_mode & 0o777 == 0o600


def test_it_never_overwrites(tmp_path: Path) -> None:
    """A configuration that is there stays as it is."""
    (tmp_path / "config.toml").write_text("mine")
    with pytest.raises(FileExistsError):
        init.write_config(tmp_path / "config.toml", SystemClock())
    assert (tmp_path / "config.toml").read_text() == "mine"


def test_what_only_a_person_knows_is_asked_for(tmp_path: Path) -> None:
    """Right after `init`, the token and the address are missing and nothing else."""
    init.write_config(tmp_path / "config.toml", SystemClock())
    with pytest.raises(SettingsError) as caught:
        load_settings(environment={}, path=tmp_path / "config.toml")
    assert [problem.key for problem in caught.value.problems] == ["discord.token", "web.public_url"]
