"""Makes .venv hold what a profile needs, exactly as the lock files say, and builds the page. What is done stays undone.

Runs under whatever Python 3.11+ the machine has: `python3 -m tools.install sandbox|test`.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tools import chromium, page

ROOT = Path(__file__).parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "installed.json"
PIP = (PYTHON, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--only-binary=:all:")
INCLUDED_IN = {"sandbox": ("sandbox", "test"), "test": ("test",), "node": ("node",)}
"""A lock file is satisfied by any of these: each is the former and more."""


class Missing(Exception):
    """Something only a person can bring; the message is one sentence that says what."""


class Stamps:
    """Which inputs each step was last done for, kept inside the environment, so that they vanish with it."""

    def __init__(self) -> None:
        self._done: dict[str, str] = json.loads(STAMPS.read_text()) if STAMPS.exists() else {}

    def holds(self, step: str, inputs: str) -> bool:
        """Whether `step` was done for just these inputs."""
        return self._done.get(step) == inputs

    def set(self, step: str, inputs: str) -> None:
        """Remember that `step` was done for these inputs."""
        self._done[step] = inputs
        STAMPS.write_text(json.dumps(self._done, indent=1))


def main(profile: str) -> None:
    """Install `profile`, a step at a time; a step whose inputs are as before is skipped."""
    make_environment()
    stamps = Stamps()
    install_lock(profile, stamps)
    install_project(stamps)
    build_page(stamps)
    if profile == "test":
        find_chromium()


def make_environment() -> None:
    """A virtual environment, made anew when its Python is gone or another one."""
    version = ".".join(map(str, sys.version_info[:2]))
    if PYTHON.exists() and (VENV / "lib" / f"python{version}").exists() and _runs(PYTHON, "-c", "import pip"):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    step(f"a virtual environment with Python {version}", lambda: run(sys.executable, "-m", "venv", VENV))


def install_lock(name: str, stamps: Stamps) -> None:
    """The packages of a lock file, each checked against its hash."""
    if any(stamps.holds(f"lock {lock}", fingerprint(_lock(lock))) for lock in INCLUDED_IN[name]):
        return
    step(f"packages of {_lock(name).relative_to(ROOT)}", lambda: run(*PIP, "--require-hashes", "-r", _lock(name)))
    stamps.set(f"lock {name}", fingerprint(_lock(name)))


def install_project(stamps: Stamps) -> None:
    """The project itself, editable, with the build tool that the lock file brought."""
    inputs = fingerprint(ROOT / "pyproject.toml")
    if stamps.holds("project", inputs):
        return
    step("the project itself", lambda: run(*PIP, "--no-deps", "--no-build-isolation", "--editable", ROOT))
    stamps.set("project", inputs)


def build_page(stamps: Stamps) -> None:
    """The page, by the machine's node or, where there is none, by the one pip brings."""
    inputs = fingerprint(*page.source_files())
    if page.is_built() and stamps.holds("page", inputs):
        return
    if page.node_on_path() is None:
        install_lock("node", stamps)
    step("the page", lambda: run(PYTHON, "-m", "tools.page"))
    stamps.set("page", inputs)


def find_chromium() -> None:
    """A Chromium for the tests: the machine's own, else the system's package, else Playwright's."""
    if chromium.find() or chromium.playwrights():
        return
    if chromium.has_apt():
        step("Chromium, by apt-get", lambda: chromium.install_by_apt(run))
    else:
        step("Chromium, by Playwright", lambda: run(PYTHON, "-m", "playwright", "install", "chromium"))


def fingerprint(*paths: Path) -> str:
    """What these files hold, and which Python looks at them."""
    digest = hashlib.sha256(sys.version.encode())
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def step(what: str, do: Callable[[], None]) -> None:
    """Do it, and say in a line what it was and how long it took."""
    started = time.monotonic()
    print(f"  {what} …", end="", flush=True, file=sys.stderr)
    try:
        do()
    except subprocess.CalledProcessError as error:
        print(" failed", file=sys.stderr)
        raise Missing(f"{error.output.strip()}\nInstalling {what} failed; the lines above say why.") from None
    print(f" {time.monotonic() - started:.1f} s", file=sys.stderr)


def run(*command: str | Path) -> None:
    """Run a program in the project's folder; what it says is shown only if it fails."""
    subprocess.run(command, cwd=ROOT, check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def _lock(name: str) -> Path:
    return ROOT / "requirements" / f"{name}.txt"


def _runs(*command: str | Path) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except Missing as missing:
        print(missing, file=sys.stderr)
        sys.exit(2)
