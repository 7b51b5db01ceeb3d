"""Writes the lock files: every package with its hashes, for Python 3.11 and newer on Linux and macOS, no host named."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCKS = {
    "run": ("pyproject.toml",),
    "sandbox": ("pyproject.toml", "--extra", "sandbox", "--group", "build"),
    "test": ("pyproject.toml", "--extra", "sandbox", "--extra", "plot", "--extra", "test", "--group", "build"),
    "node": ("--group", "node"),
}
COMPILE = ("uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes")
PLAIN = ("--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links")


def main() -> None:
    """Compile each lock file from pyproject.toml."""
    for name, selection in LOCKS.items():
        target = ROOT / "requirements" / f"{name}.txt"
        subprocess.run([*COMPILE, *PLAIN, *selection, "-o", target], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
