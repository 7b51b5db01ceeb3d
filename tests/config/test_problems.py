"""Every command tells of the same problems in the same sentences."""

import json
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.clock import SystemClock
from bot.config import SETTING_KEYS, SettingsError, load_settings
from bot.init import write_config
from tests.config.test_load import REQUIRED

COMMANDS = (("run",), ("migrate",), ("backup", "copy"), ("restore", "copy"), ("simulate", "day.jsonl"))


@pytest.fixture(autouse=True)
def forget_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands start without any setting in the environment."""
    for key in SETTING_KEYS:
        for name in key.environment_names:
            monkeypatch.delenv(name, raising=False)


def findings_of_check(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What `heybuddy check` finds, one line each."""
    assert main(["check", "--json"]) == 1
    return [f"{finding['about']}: {finding['says']}" for finding in json.loads(capsys.readouterr().out)["findings"]]


@pytest.mark.parametrize(
    ("file", "variables"),
    [
        ("discord.token = “abc”".encode(), {}),
        ("discord.token = ''".encode("utf-16"), {}),
        (b"[web]\nprot = 1\n", REQUIRED | {"HEYBUDDY_STORE_DATABASE": "sqlite:///a"}),
    ],
    ids=["curly quotation marks", "UTF-16", "misspelled names"],
)
def test_all_commands_say_the_same(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, file: bytes, variables: dict[str, str]
) -> None:
    """The file is read by all of them; `check` finds something, the others are not done."""
    Path("config.toml").write_bytes(file)
    with pytest.raises(SettingsError) as caught:
        load_settings(environment=variables, path=Path("config.toml"), parts=(), sections=())
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    for command in COMMANDS:
        assert main(command) == 2
        printed = capsys.readouterr()
        assert (printed.out, printed.err) == ("", f"{caught.value}\n"), command
    assert findings_of_check(capsys) == str(caught.value).splitlines()


def test_a_fresh_file_lacks_the_same_for_check_and_run(capsys: pytest.CaptureFixture[str]) -> None:
    """The token, with the page where it is found, and the address."""
    write_config(Path("config.toml"), SystemClock())
    assert main(["run"]) == 2
    printed = capsys.readouterr().err.splitlines()
    assert printed == findings_of_check(capsys)
    assert printed[0].startswith("discord.token: is empty; copy the bot's token from the page Bot of your application")
