"""Every command tells of the same problems in the same sentences, and exits without a traceback."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.config import SettingsError, load_settings
from bot.init import write_config
from tests.config.test_load import REQUIRED

ROOT = Path(__file__).parents[2]
COMMANDS = (("run",), ("migrate",), ("backup", "copy"), ("restore", "copy"), ("simulate", "day.jsonl"))


def run_heybuddy(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """What `heybuddy` prints and returns when it is started in this folder with these variables."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **variables}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("file", "variables"),
    [
        ("discord.token = “abc”".encode(), {}),
        ("discord.token = ''".encode("utf-16"), {}),
        (b"[web]\nprot = 1\n", REQUIRED | {"HEYBUDDY_STORE_DATABASE": "sqlite:///a"}),
    ],
    ids=["curly quotation marks", "UTF-16", "misspelled names"],
)
def test_all_commands_say_the_same(tmp_path: Path, file: bytes, variables: dict[str, str]) -> None:
    """The file is read by all of them; `check` finds something, the others are not done."""
    (tmp_path / "config.toml").write_bytes(file)
    with pytest.raises(SettingsError) as caught:
        load_settings(environment=variables, path=tmp_path / "config.toml", parts=(), sections=())
    said = str(caught.value).replace(str(tmp_path / "config.toml"), "config.toml")
    for command in COMMANDS:
        done = run_heybuddy(tmp_path, *command, **variables)
        assert (done.returncode, done.stdout, done.stderr.strip()) == (2, "", said), command
    checked = run_heybuddy(tmp_path, "check", "--json", **variables)
    findings = [f"{finding['about']}: {finding['says']}" for finding in json.loads(checked.stdout)["findings"]]
    assert (checked.returncode, checked.stderr) == (1, "")
    assert "\n".join(findings) == said


def test_a_fresh_file_lacks_the_same_for_check_and_run(tmp_path: Path) -> None:
    """The token, with the page where it is found, and the address."""
    write_config(tmp_path / "config.toml", SystemClock())
    checked, ran = run_heybuddy(tmp_path, "check", "--json"), run_heybuddy(tmp_path, "run")
    findings = [f"{finding['about']}: {finding['says']}" for finding in json.loads(checked.stdout)["findings"]]
    assert findings == ran.stderr.splitlines()
    assert findings[0].startswith("discord.token: copy the bot's token from the page Bot of your application")
