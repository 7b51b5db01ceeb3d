"""The lock files agree with pyproject.toml and with each other, and every package has its hashes."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
GROUPS = PROJECT["dependency-groups"]
RUN = PROJECT["project"]["dependencies"]
WANTED = {
    "run": RUN,
    "sandbox": RUN + EXTRAS["sandbox"] + GROUPS["build"],
    "test": RUN + EXTRAS["sandbox"] + GROUPS["build"] + EXTRAS["test"],
    "node": GROUPS["node"],
}
PIN = re.compile(r"^([\w.-]+)==(\S+)(?: ; [^\\]+)? \\\n((?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n?)+)", re.MULTILINE)


def locked(name: str) -> dict[str, str]:
    """Name and version of every package in a lock file."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return {found[0]: found[1] for found in PIN.findall(text)}


def pinned(requirements: list[str]) -> dict[str, str]:
    """The pins of pyproject.toml by normalised name."""
    pairs = (requirement.split("==") for requirement in requirements)
    return {re.sub(r"[._-]+", "-", name).lower(): version for name, version in pairs}


@pytest.mark.parametrize("name", WANTED)
def test_a_lock_file_has_the_pinned_versions(name: str) -> None:
    """A pin that was changed without `make lock` would install another version."""
    assert pinned(WANTED[name]).items() <= locked(name).items()


@pytest.mark.parametrize("name", WANTED)
def test_a_lock_file_has_only_hashed_packages(name: str) -> None:
    """No address, no option, no package without a hash."""
    assert PIN.sub("", (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")).strip() == ""


def test_each_lock_file_includes_the_smaller_one() -> None:
    """The packages that are tested are the ones that run."""
    assert locked("run").items() <= locked("sandbox").items() <= locked("test").items()
