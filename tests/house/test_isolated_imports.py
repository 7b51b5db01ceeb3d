"""Packages do not load libraries they must not need: linters see imports, but not what is loaded at run time."""

import subprocess
import sys

import pytest

PROGRAM = """
import importlib, pkgutil, sys
root = importlib.import_module("{package}")
for module in pkgutil.walk_packages(getattr(root, "__path__", []), "{package}."):
    importlib.import_module(module.name)
sys.exit("{library}" in sys.modules)
"""


@pytest.mark.parametrize(
    ("package", "library"),
    [("web", "discord"), ("bot.chat", "livekit"), ("bot.matching", "asyncio"), ("bot.config", "aiohttp")],
)
def test_a_package_loads_without_a_library(package: str, library: str) -> None:
    """A fresh Python that imports the package and every module in it has not loaded the library."""
    program = PROGRAM.format(package=package, library=library)
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
