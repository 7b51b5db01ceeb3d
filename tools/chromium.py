"""Finds the Chromium that drives the browser tests, or brings one. How it is started is the tests' business."""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
PLAYWRIGHT_FOLDERS = (Path("~/.cache/ms-playwright"), Path("~/Library/Caches/ms-playwright"))


def find() -> str | None:
    """The machine's own Chromium: HEYBUDDY_CHROMIUM, or a usual name on the PATH, or None."""
    said = os.environ.get("HEYBUDDY_CHROMIUM")
    if said:
        return said
    on_path = next(filter(None, map(shutil.which, NAMES)), None)
    return on_path or (str(MAC) if MAC.exists() else None)


def playwrights() -> bool:
    """Whether Playwright has brought one of its own."""
    return any(list(folder.expanduser().glob("chromium-*")) for folder in PLAYWRIGHT_FOLDERS)


def has_apt() -> bool:
    """Whether this is a Debian or its like and we may install packages."""
    return sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get") is not None


def install_by_apt(run: Callable[..., None]) -> None:
    """The system's own package."""
    run("apt-get", "update", "-q")
    run(
        "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium"
    )
