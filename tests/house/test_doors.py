"""Each door comes without the other's luggage: linters see imports, not what a package drags in."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("module", "stranger"),
    [
        ("web.part", "discord"),
        ("bot.chat.client", "livekit"),
        ("bot.matching.engine", "asyncio"),
        ("bot.config", "aiohttp"),
    ],
)
def test_a_module_starts_without_a_stranger(module: str, stranger: str) -> None:
    """A fresh Python imports the module and finds the stranger's package nowhere."""
    program = f"import sys, {module}; sys.exit('{stranger}' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
