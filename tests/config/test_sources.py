"""Files of settings and secrets: what cannot be read is named with what to do, and nothing else is blamed."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bot.config import SettingsError, load_settings
from tests.config.test_load import REQUIRED, SECRET, problems_of

NOBODY = 65534


def test_secrets_can_come_from_files(tmp_path: Path) -> None:
    """`…_FILE` names a file, with the short and the long name; a newline after the secret is not part of it."""
    (tmp_path / "token").write_text("from-a-file\n")
    (tmp_path / "secret").write_text(SECRET + "\n")
    environment = {
        "DISCORD_TOKEN_FILE": str(tmp_path / "token"),
        "HEYBUDDY_WEB__SESSION_SECRET_FILE": str(tmp_path / "secret"),
        "HEYBUDDY_PRIVACY__KEY_FILE": str(tmp_path / "secret"),
        "HEYBUDDY_WEB__PUBLIC_URL": "https://study.example.org",
    }
    settings = load_settings(environment=environment)
    assert (settings.discord.token, settings.web.session_secret) == ("from-a-file", SECRET)


def test_a_missing_file_is_an_error() -> None:
    """A path to a file that does not exist is never silently ignored."""
    said = "none.toml: isn't there: correct the name, or write it with `heybuddy init --config none.toml`"
    with pytest.raises(SettingsError, match=re.escape(said)):
        load_settings(environment=REQUIRED, path=Path("none.toml"))


def test_a_missing_folder_is_named() -> None:
    """`heybuddy init` could not write a file into it either."""
    with pytest.raises(SettingsError, match=r"^gone/none\.toml: the folder \S+/gone doesn't exist: make it"):
        load_settings(environment=REQUIRED, path=Path("gone/none.toml"))


@pytest.mark.parametrize(
    ("secret", "nowhere"),
    [
        ("MTIz.canary", "the file isn't in HERE"),
        ("canary/canary", "the file isn't in HERE"),
        ("canary" * 100, "the file isn't in HERE"),
        ("canary" * 1000, "the file isn't in HERE"),
        ("/canary", "the file isn't there"),
        ("/canary/" * 10, "the file isn't there"),
        ("/etc/hostname/canary", "the file isn't there"),
        ("/" + "canary" * 100, "the file isn't there"),
    ],
)
def test_a_secret_in_the_place_of_its_file_is_not_printed(secret: str, nowhere: str) -> None:
    """A variable ending in _FILE that holds the secret itself names a file that is not there, or cannot be."""
    [found] = problems_of(REQUIRED | {"DISCORD_TOKEN": "", "DISCORD_TOKEN_FILE": secret})
    nowhere = nowhere.replace("HERE", str(Path.cwd()))
    assert found == f"discord.token: {nowhere}: write its whole path, not the secret (DISCORD_TOKEN_FILE names it)"


@pytest.mark.parametrize(
    ("environment", "overrides", "origin"),
    [
        ({"HEYBUDDY_WEB__PORT": "many"}, {}, "from HEYBUDDY_WEB__PORT"),
        ({"HEYBUDDY_WEB__PORT": "many"}, {"web.port": "few"}, "from --set"),
        ({}, {"web.port": "few"}, "from --set"),
        ({}, {}, "in some.toml"),
    ],
)
def test_a_problem_says_where_the_value_was_written(
    environment: dict[str, str], overrides: dict[str, str], origin: str
) -> None:
    """The file has a wrong one, too; who corrects that would do it in vain."""
    [found] = problems_of(REQUIRED | environment, file="web.port = 'all'", overrides=overrides)
    assert found.startswith("web.port: can't be ")
    assert found.endswith(f" ({origin})")


UNREADABLE = {
    "no TOML": (b"[discord]\ntoken = abc\n", "isn't valid TOML in line 2: what follows the = isn't a value"),
    "UTF-16": ('[discord]\ntoken = "abc"'.encode("utf-16"), "is saved as UTF-16: save it as UTF-8"),
}


@pytest.mark.parametrize(("content", "said"), UNREADABLE.values(), ids=UNREADABLE)
def test_nothing_follows_from_an_unreadable_file(content: bytes, said: str) -> None:
    """What is missing may well be in it: only the file is named, and what is wrong in the environment."""
    Path("broken.toml").write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        load_settings(environment={"HEYBUDDY_WEB__PROT": "1"}, path=Path("broken.toml"))
    second, first = sorted(map(str, caught.value.problems), reverse=True)
    assert first.startswith("HEYBUDDY_WEB__PROT: there's no such setting")
    assert second.startswith(f"broken.toml: {said}")


def test_a_folder_in_the_place_of_the_file() -> None:
    """It is named as what it is."""
    Path("folder.toml").mkdir()
    with pytest.raises(SettingsError, match=r"^folder\.toml: is a folder: name a file$"):
        load_settings(environment={}, path=Path("folder.toml"))


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter, as may be the folders above it."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@contextmanager
def another_user() -> Iterator[None]:
    """Run as somebody who is not root, if this is root."""
    before = os.geteuid()
    os.seteuid(before or NOBODY)
    try:
        yield
    finally:
        os.seteuid(before)


def test_a_file_of_another_user(open_folder: Path) -> None:
    """`heybuddy init` could not help: the owner is asked for."""
    file = open_folder / "mine.toml"
    file.touch(mode=0)
    said = f"{file}: may not be used by this user: run heybuddy as its owner, or change its owner or rights"
    with another_user(), pytest.raises(SettingsError, match=f"^{re.escape(said)}$"):
        load_settings(environment={}, path=file)


def test_a_mark_at_the_beginning_of_a_file() -> None:
    """Editors on Windows write one, and it is no part of the settings."""
    Path("marked.toml").write_text('[discord]\ntoken = "abc"\n', encoding="utf-8-sig")
    settings = load_settings(environment=REQUIRED | {"DISCORD_TOKEN": ""}, path=Path("marked.toml"))
    assert settings.discord.token == "abc"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\n", "is empty: write the secret into it"),
        ("abc".encode("utf-16"), "is saved as UTF-16: save it as UTF-8"),
        (b"caf\xe9", "isn't text in UTF-8 (line 1): save it as UTF-8"),
    ],
)
def test_a_file_without_a_secret(tmp_path: Path, content: bytes, said: str) -> None:
    """The file is named, and the variable that names it."""
    file = tmp_path / "token"
    file.write_bytes(content)
    [found] = problems_of(REQUIRED | {"DISCORD_TOKEN": "", "DISCORD_TOKEN_FILE": str(file)})
    assert found == f"discord.token: {file} {said} (DISCORD_TOKEN_FILE names it)"
