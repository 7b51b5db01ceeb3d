"""Finds the Chromium for the browser tests, or installs one. The tests themselves start it."""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

PROGRAM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MACOS_PATH = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
PLAYWRIGHT_FOLDERS = (Path("~/.cache/ms-playwright"), Path("~/Library/Caches/ms-playwright"))


def find_executable() -> str | None:
    """The machine's own Chromium: the value of HEYBUDDY_CHROMIUM, else a usual name on the PATH, else None."""
    named = os.environ.get("HEYBUDDY_CHROMIUM")
    if named:
        return named
    on_path = next(filter(None, map(shutil.which, PROGRAM_NAMES)), None)
    return on_path or (str(MACOS_PATH) if MACOS_PATH.exists() else None)


def has_playwright_browser() -> bool:
    """Whether Playwright has installed a Chromium of its own."""
    return any(list(folder.expanduser().glob("chromium-*")) for folder in PLAYWRIGHT_FOLDERS)


def can_install_by_apt() -> bool:
    """Whether this is Debian or a relative, and this process may install packages."""
    return sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get") is not None


def install_by_apt(run: Callable[..., None]) -> None:
    """Install the system's package with `run`, which takes a command's words; needs root."""
    run("apt-get", "update", "-q")
    run(
        "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium"
    )
