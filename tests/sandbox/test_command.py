"""`heybuddy sandbox`, run as a process."""

import asyncio
import json
import signal
import sys
from typing import Any

import aiohttp
import pytest

from bot.__main__ import main
from tests.polling import TIMEOUT
from tests.sandbox.sandbox_without_video import ELSEWHERE


async def test_one_line_then_logs() -> None:
    """With --json it prints one line of addresses when it is up, serves the page there, and ends with 0 on a signal."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "sandbox", "--port", "0", "--students", "2", "--json"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={"PATH": "", **ELSEWHERE},
    )
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), TIMEOUT)
        addresses: dict[str, Any] = json.loads(line)
        assert addresses.keys() == {"sandbox", "web", "discord_api", "livekit"}
        async with aiohttp.ClientSession() as browser, browser.get(addresses["sandbox"]) as page:
            assert "Hey Buddy sandbox" in await page.text()
    finally:
        process.send_signal(signal.SIGTERM)
        rest, _ = await process.communicate()
    assert (process.returncode, rest) == (0, b"")


@pytest.mark.parametrize("students", ["1", "13"])
def test_too_few_or_many_students(students: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A number of students outside the range is refused with a sentence and status 2."""
    assert main(["sandbox", "--students", students]) == 2
    assert capsys.readouterr().err == "--students takes a number from 2 to 12.\n"
