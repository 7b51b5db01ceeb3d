"""The files in `deploy/` are sound, and say what the code says."""

import re
import shutil
import subprocess
import sys
from configparser import RawConfigParser
from pathlib import Path

import pytest

from bot.exit_status import NOT_DONE
from bot.process import EXIT_WITHIN, MOST_DESCRIPTORS
from tests.certificates import make_certificate

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNIT = DEPLOY / "heybuddy.service"
HOSTING = (ROOT / "docs" / "hosting.md").read_text(encoding="utf-8")
PROGRAM = re.compile(r"^ExecStart=(\S+)", re.MULTILINE)


@pytest.fixture(scope="module")
def service() -> dict[str, str]:
    """The settings of the unit's section Service."""
    parser = RawConfigParser(strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's names have capitals
    parser.read(UNIT, encoding="utf-8")
    return dict(parser["Service"])


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    """It has no remarks, once the program is one that is installed here."""
    unit = tmp_path / UNIT.name
    unit.write_text(PROGRAM.sub(f"ExecStart={sys.executable}", UNIT.read_text(encoding="utf-8")), encoding="utf-8")
    verified = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert (verified.returncode, verified.stderr) == (0, "")


def test_the_unit_agrees_with_the_process(service: dict[str, str]) -> None:
    """It waits longer than a stop takes, does not repeat a start that cannot work, and allows all files we use."""
    assert int(service["TimeoutStopSec"].removesuffix("s")) > EXIT_WITHIN
    assert int(service["RestartPreventExitStatus"]) == NOT_DONE
    assert int(service["LimitNOFILE"]) == MOST_DESCRIPTORS


def test_the_unit_lets_nobody_else_read_the_data(service: dict[str, str]) -> None:
    """It runs as a user of its own; new files and the folder are for this user only."""
    assert (service["User"], service["UMask"], service["StateDirectoryMode"]) == ("heybuddy", "0077", "0700")
    assert service["WorkingDirectory"] == f"/var/lib/{service['StateDirectory']}"


def test_the_unit_and_its_instructions_name_the_same_places(service: dict[str, str]) -> None:
    """The program, the folder and the user are those that docs/hosting.md makes."""
    program, *_ = service["ExecStart"].split()
    assert f"ln -s {program} " in HOSTING
    assert f"--home-dir {service['WorkingDirectory']} " in HOSTING
    assert re.search(rf"useradd .* {service['User']}$", HOSTING, re.MULTILINE)


@pytest.mark.skipif(shutil.which("caddy") is None, reason="Caddy is not installed")
def test_caddy_understands_its_file() -> None:
    """It is valid, and formatted as Caddy itself would."""
    for command in (["fmt", "--diff"], ["validate", "--adapter", "caddyfile", "--config"]):
        subprocess.run(["caddy", *command, DEPLOY / "Caddyfile"], capture_output=True, check=True)


def test_caddy_2_6_understands_its_file() -> None:
    """It is the version of several distributions, and knows the fields of a filter only in a block, with a format."""
    filters = re.search(r"format filter \{(.*)", (DEPLOY / "Caddyfile").read_text(encoding="utf-8"), re.DOTALL)
    assert filters
    assert re.match(r"\s*wrap json\s+fields \{\s*request>uri regexp ", filters[1])


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
def test_nginx_understands_its_file(tmp_path: Path) -> None:
    """Inside its `http { }`, with certificates and a folder for logs that are here."""
    certificate = make_certificate(tmp_path, name="study.example.org")
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8").replace("/var/log/nginx", str(tmp_path))
    text = re.sub(r"/etc/letsencrypt/\S+\.pem", str(certificate), text)
    whole = tmp_path / "nginx.conf"
    whole.write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{text}\n}}\n", encoding="utf-8")
    command = ["nginx", "-t", "-p", str(tmp_path), "-c", str(whole), "-e", str(tmp_path / "error.log")]
    tested = subprocess.run(command, capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stderr


@pytest.mark.parametrize("name", ["Caddyfile", "nginx.conf"])
def test_a_proxy_leads_to_page_and_video(name: str) -> None:
    """Both names stand in front of the ports that settings and LiveKit have by default."""
    text = (DEPLOY / name).read_text(encoding="utf-8")
    for host, port in [("study.example.org", 8080), ("video.example.org", 7880)]:
        assert re.search(rf"{re.escape(host)}[^}}]*127\.0\.0\.1:{port}\b", text.replace("location / {", "")), host
