"""Writes the lock files with uv: every package with its hashes, for Python 3.11 and newer, without a package index."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

ROOT = Path(__file__).parent.parent
LOCK_FILES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "run": ("pyproject.toml",),
        "sandbox": ("pyproject.toml", "--extra", "sandbox", "--group", "build"),
        "test": ("pyproject.toml", "--extra", "sandbox", "--extra", "plot", "--extra", "test", "--group", "build"),
        "node": ("--group", "node"),
    }
)
COMPILE_COMMAND = ("uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes")
WITHOUT_COMMENTS = ("--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links")


def main(options: Sequence[str]) -> None:
    """Choose versions within the ranges in pyproject.toml and rewrite each file in requirements/.

    Versions that are locked stay if they still fit, unless `options`, those of `uv pip compile`, have `--upgrade`.
    Needs uv and the network.
    """
    for name, selection in LOCK_FILES.items():
        target = ROOT / "requirements" / f"{name}.txt"
        subprocess.run([*COMPILE_COMMAND, *WITHOUT_COMMENTS, *options, *selection, "-o", target], cwd=ROOT, check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
