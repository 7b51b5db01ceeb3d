"""Installs what a profile needs into .venv, exactly as locked, and builds the page. Skips what is up to date.

Runs under any Python 3.11+ that the machine has: `python3 -m tools.install sandbox|test`.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from tools import chromium, page

ROOT = Path(__file__).parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP_FILE = VENV / "installed.json"
PIP = (PYTHON, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--only-binary=:all:")
SATISFIED_BY: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"sandbox": ("sandbox", "test"), "test": ("test",), "node": ("node",)}
)
"""The lock files that hold all packages of a lock file: itself, and larger ones."""


class InstallError(Exception):
    """A step failed and needs a person's help; the message says what is missing."""


class InstallStamps:
    """The inputs with which each step was last done. Kept in the environment, so that they are deleted with it."""

    def __init__(self) -> None:
        self._inputs: dict[str, str] = json.loads(STAMP_FILE.read_text()) if STAMP_FILE.exists() else {}

    def is_current(self, step: str, inputs: str) -> bool:
        """Whether `step` was last done with these inputs, given as a fingerprint."""
        return self._inputs.get(step) == inputs

    def record(self, step: str, inputs: str) -> None:
        """Write to disk that `step` was done with these inputs."""
        self._inputs[step] = inputs
        STAMP_FILE.write_text(json.dumps(self._inputs, indent=1))


def main(profile: str) -> None:
    """Install `profile`, "sandbox" or "test", step by step; skip each step whose inputs have not changed."""
    create_environment()
    stamps = InstallStamps()
    install_packages(profile, stamps)
    install_project(stamps)
    build_page(stamps)
    if profile == "test":
        install_chromium()


def create_environment() -> None:
    """Create the virtual environment, unless there is a working one with this Python's version."""
    version = ".".join(map(str, sys.version_info[:2]))
    if PYTHON.exists() and (VENV / "lib" / f"python{version}").exists() and _succeeds(PYTHON, "-c", "import pip"):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    run_step(f"a virtual environment with Python {version}", lambda: run_quietly(sys.executable, "-m", "venv", VENV))


def install_packages(name: str, stamps: InstallStamps) -> None:
    """Install the packages of a lock file, each checked against its hash."""
    if any(stamps.is_current(f"lock {lock}", fingerprint(_lock_file(lock))) for lock in SATISFIED_BY[name]):
        return
    lock_file = _lock_file(name)
    run_step(
        f"packages of {lock_file.relative_to(ROOT)}", lambda: run_quietly(*PIP, "--require-hashes", "-r", lock_file)
    )
    stamps.record(f"lock {name}", fingerprint(lock_file))


def install_project(stamps: InstallStamps) -> None:
    """Install the project itself, editable, with the build tool from the lock file."""
    inputs = fingerprint(ROOT / "pyproject.toml")
    if stamps.is_current("project", inputs):
        return
    options = ("--no-deps", "--no-build-isolation", "--editable")
    run_step("the project itself", lambda: run_quietly(*PIP, *options, ROOT))
    stamps.record("project", inputs)


def build_page(stamps: InstallStamps) -> None:
    """Build the page with the machine's node or, if there is none, with the one from pip."""
    inputs = fingerprint(*page.source_files())
    if page.is_built() and stamps.is_current("page", inputs):
        return
    if page.node_on_path() is None:
        install_packages("node", stamps)
    run_step("the page", lambda: run_quietly(PYTHON, "-m", "tools.page"))
    stamps.record("page", inputs)


def install_chromium() -> None:
    """Install a Chromium for the tests, unless there is one: from the system's packages, else by Playwright."""
    if chromium.find_executable() or chromium.has_playwright_browser():
        return
    if chromium.can_install_by_apt():
        run_step("Chromium, by apt-get", lambda: chromium.install_by_apt(run_quietly))
    else:
        run_step("Chromium, by Playwright", lambda: run_quietly(PYTHON, "-m", "playwright", "install", "chromium"))


def fingerprint(*paths: Path) -> str:
    """A digest of the files' names and contents, and of the running Python's version."""
    digest = hashlib.sha256(sys.version.encode())
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def run_step(description: str, action: Callable[[], None]) -> None:
    """Call `action`, and print its description and duration. Raises InstallError if one of its programs fails."""
    started = time.monotonic()
    print(f"  {description} …", end="", flush=True, file=sys.stderr)
    try:
        action()
    except subprocess.CalledProcessError as error:
        print(" failed", file=sys.stderr)
        output = error.output.strip()
        raise InstallError(f"{output}\nInstalling {description} failed; the lines above say why.") from None
    print(f" {time.monotonic() - started:.1f} s", file=sys.stderr)


def run_quietly(*command: str | Path) -> None:
    """Run a program in the project's folder, without showing its output. Raises CalledProcessError with it."""
    subprocess.run(command, cwd=ROOT, check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def _lock_file(name: str) -> Path:
    return ROOT / "requirements" / f"{name}.txt"


def _succeeds(*command: str | Path) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except InstallError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
