"""Every command, option, setting, port and path that docs/scaling.md names exists."""

import importlib.util
import re
import shlex
import subprocess
import sys
from configparser import RawConfigParser
from pathlib import Path

import click
import pytest

from bot import command_line
from bot.config import SETTING_KEYS
from bot.store.leases import LEASE_LENGTH

ROOT = Path(__file__).parents[2]
SCALING = (ROOT / "docs" / "scaling.md").read_text(encoding="utf-8")
HOSTING = (ROOT / "docs" / "hosting.md").read_text(encoding="utf-8")
DROP_IN = (ROOT / "deploy" / "parts.conf").read_text(encoding="utf-8")
UNIT = ROOT / "deploy" / "heybuddy.service"
SETTINGS_TO_COME = {"ops.port", "ops.host"}
METRICS = 9464
KNOWN_PORTS = {5432: "PostgreSQL's own"}
DEFAULTS = {key.name: key.default for key in SETTING_KEYS}
ARGUMENTS = [
    *re.findall(r"^ {4}heybuddy (run .*)$", SCALING, re.MULTILINE),
    *(f"run {line}" for line in re.findall(r"^ {4}ARGUMENTS=(.*)$", SCALING, re.MULTILINE)),
]


def commands() -> dict[str, click.Command]:
    """The commands of the program by name."""
    group = command_line._heybuddy
    assert isinstance(group, click.Group)
    return dict(group.commands)


def test_every_command_is_there() -> None:
    """Whatever the document has operators type."""
    named = {*re.findall(r"(?:`|^ {4})heybuddy ([a-z][a-z-]*)", SCALING, re.MULTILINE)}
    assert "copy-database" in named
    assert named <= commands().keys()


@pytest.mark.parametrize("line", ARGUMENTS)
def test_every_process_can_be_started_so(line: str) -> None:
    """The program takes these arguments."""
    name, *arguments = shlex.split(line)
    context = commands()[name].make_context(name, arguments)
    assert context.params["parts"]


def test_every_setting_is_one() -> None:
    """By its name and by its variable."""
    named = {*re.findall(r"`([a-z]+\.[a-z_]+)`", SCALING)} - {"config.toml"}
    variables = {*re.findall(r"HEYBUDDY_\w+", SCALING)}
    assert named
    assert named <= DEFAULTS.keys() | SETTINGS_TO_COME
    taken = {f"HEYBUDDY_{name.replace('.', '__')}".upper() for name in DEFAULTS.keys() | SETTINGS_TO_COME}
    assert variables <= taken


def test_every_port_is_known() -> None:
    """It is a default, or one of the next few for another process on the same machine."""
    named = {int(port) for port in re.findall(r"(?:127\.0\.0\.1:|PORT=)(\d+)", SCALING)}
    first = [int(str(DEFAULTS.get(name, METRICS))) for name in ("web.port", "ops.port")]
    assert named <= KNOWN_PORTS.keys() | {start + number for start in first for number in range(4)}


def test_every_path_is_there() -> None:
    """In the tree, or made by docs/hosting.md."""
    for path in re.findall(r"\]\(([^)]+)\)|cp (deploy/\S+)|-m 644 (deploy/\S+)", SCALING):
        [place] = filter(None, path)
        assert (ROOT / "docs" / place).exists() or (ROOT / place).exists(), place
    for folder in {*re.findall(r"/var/(?:lib|backups)/hey-buddy", SCALING)}:
        assert folder in HOSTING


def test_every_bench_is_there() -> None:
    """It can be run as it is written."""
    for module in {*re.findall(r"python -m ([\w.]+)", SCALING)}:
        assert importlib.util.find_spec(module), module


def test_the_drop_in_fits_the_unit() -> None:
    """It starts the same program with the same settings, and takes what the document writes into its file."""
    unit = RawConfigParser(strict=True)
    unit.read(UNIT, encoding="utf-8")
    [start] = re.findall(r"^ExecStart=(.+)$", DROP_IN, re.MULTILINE)
    assert start == f"{unit['Service']['ExecStart']} $ARGUMENTS"
    [file] = re.findall(r"^EnvironmentFile=(.+)$", DROP_IN, re.MULTILINE)
    assert file == f"{unit['Service']['WorkingDirectory']}/%i.env"


def test_the_document_says_how_soon_a_loop_is_taken_over() -> None:
    """A lease that nobody renews ends well within that time."""
    [seconds] = re.findall(r"takes over within (\d+) seconds", SCALING)
    assert 2 * LEASE_LENGTH.total_seconds() < int(seconds)


def test_the_page_needs_no_discord_token() -> None:
    """What a process does not need, it need not be given."""
    command = [sys.executable, "-m", "bot", "run", "--parts", "web", "--set", "web.port=no"]
    refused = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "web.port" in refused.stderr
    assert "discord.token" not in refused.stderr
