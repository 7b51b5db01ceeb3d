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
    """The packages of a lock file, with their versions."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return {found[0]: found[1] for found in PIN.findall(text)}


def pinned(requirements: list[str]) -> dict[str, str]:
    """What pyproject.toml asks for, by the names lock files use."""
    pairs = (requirement.split("==") for requirement in requirements)
    return {re.sub(r"[._-]+", "-", name).lower(): version for name, version in pairs}


@pytest.mark.parametrize("name", WANTED)
def test_a_lock_file_holds_what_is_asked_for(name: str) -> None:
    """A changed pin without `make lock` would install something else than it says."""
    assert pinned(WANTED[name]).items() <= locked(name).items()


@pytest.mark.parametrize("name", WANTED)
def test_nothing_but_hashed_packages_stands_in_a_lock_file(name: str) -> None:
    """No address, no option, no package without a hash."""
    assert PIN.sub("", (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")).strip() == ""


def test_each_lock_file_holds_the_former() -> None:
    """What is tested is what runs."""
    assert locked("run").items() <= locked("sandbox").items() <= locked("test").items()
