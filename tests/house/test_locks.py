"""The lock files are within the ranges of pyproject.toml and agree with each other; every package has its hashes."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
GROUPS = PROJECT["dependency-groups"]
RUN = PROJECT["project"]["dependencies"]
REACHED_INTO = {"aiosqlite", "discord-py", "livekit-api", "simcord"}
"""We use private parts of these, which any release may change."""

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


def ranges(requirements: list[str]) -> dict[str, SpecifierSet]:
    """The versions that pyproject.toml allows, by normalised name."""
    parsed = map(Requirement, requirements)
    return {canonicalize_name(requirement.name): requirement.specifier for requirement in parsed}


def next_releases(version: str) -> list[str]:
    """The next release with corrections, the next minor and the next major one."""
    major, minor, micro = (*Version(version).release, 0, 0)[:3]
    return [f"{major}.{minor}.{micro + 1}", f"{major}.{minor + 1}", f"{major + 1}.0"]


@pytest.mark.parametrize("name", WANTED)
def test_a_lock_file_has_versions_in_range(name: str) -> None:
    """A range that was changed without `make lock` would install another version than is tested."""
    versions = locked(name)
    wanted = ranges(WANTED[name])
    assert {package for package, allowed in wanted.items() if not allowed.contains(versions[package])} == set()


def test_only_libraries_that_we_reach_into_are_exact() -> None:
    """Every other one can be updated for its security, without a release of ours."""
    allowed = ranges(RUN + EXTRAS["sandbox"] + EXTRAS["plot"])
    newer = {
        package: [version for version in next_releases(locked("test")[package]) if versions.contains(version)]
        for package, versions in allowed.items()
    }
    assert {package for package, versions in newer.items() if not versions} == REACHED_INTO
    assert newer["aiohttp"] == next_releases(locked("test")["aiohttp"])[:1]


@pytest.mark.parametrize("name", WANTED)
def test_a_lock_file_has_only_hashed_packages(name: str) -> None:
    """No address, no option, no package without a hash."""
    assert PIN.sub("", (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")).strip() == ""


def test_each_lock_file_includes_the_smaller_one() -> None:
    """The packages that are tested are the ones that run."""
    assert locked("run").items() <= locked("sandbox").items() <= locked("test").items()
