"""A process that is told to stop ends within seconds, whatever it waits for at that moment."""

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from bot.process import EXIT_WITHIN
from tests.ports import free_port

pytestmark = pytest.mark.dose

TO_END = 10.0  # seconds that a busy machine may take besides


@pytest.fixture
async def silent_server() -> AsyncIterator[int]:
    """The port of a server that accepts connections and says nothing."""

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(-1)
        writer.close()

    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


class Running:
    """`heybuddy run` with a Discord and a LiveKit that are silent, and its page at `page`."""

    def __init__(self, process: asyncio.subprocess.Process, page: int) -> None:
        self.page = page
        self._process = process

    async def wait_for_lines(self, *words: str) -> None:
        """Read the log until lines have had all of these words, in any order."""
        assert self._process.stderr is not None
        missing = set(words)
        while missing:
            line = (await self._process.stderr.readline()).decode()
            assert line, f"it ended without logging {missing}"
            missing = {each for each in missing if each not in line}

    async def stop(self, number: signal.Signals) -> list[str]:
        """Send a signal; returns what is logged from then on. Raises TimeoutError if the process does not end."""
        self._process.send_signal(number)
        async with asyncio.timeout(EXIT_WITHIN + TO_END):
            _, logged = await self._process.communicate()
        assert self._process.returncode == 0
        return logged.decode().splitlines()


@asynccontextmanager
async def running(database: Path, silent: int) -> AsyncIterator[Running]:
    page = free_port()
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "DISCORD_TOKEN": "the-token-of-the-bot",
        "SESSION_SECRET": "long enough to derive every key from it",
        "HEYBUDDY_PRIVACY__KEY": "long enough to derive every key from it",
        "LIVEKIT_URL": f"ws://127.0.0.1:{silent}",
        "LIVEKIT_API_KEY": "the-key",
        "LIVEKIT_API_SECRET": "long enough to be the secret of LiveKit",
        "HEYBUDDY_DISCORD__API_BASE": f"http://127.0.0.1:{silent}",
        "HEYBUDDY_WEB__PORT": str(page),
        "HEYBUDDY_WEB__PUBLIC_URL": f"http://localhost:{page}",
        "HEYBUDDY_STORE__DATABASE": f"sqlite:///{database}",
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run"), env=environment, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield Running(process, page)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_others_that_are_silent_are_not_waited_for(database: Path, silent_server: int) -> None:
    """Discord and LiveKit do not answer, and half a request has come: everything ends in its order all the same."""
    async with running(database, silent_server) as process:
        await process.wait_for_lines("the page listens at", "not ready: video")  # LiveKit has been asked
        _, browser = await asyncio.open_connection("127.0.0.1", process.page)
        browser.write(b"POST /session HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\n{")
        await browser.drain()
        logged = await process.stop(signal.SIGHUP)
        browser.close()
    assert logged[-1].endswith("bot.process: stopped")


async def test_a_locked_database_is_not_waited_for(database: Path, silent_server: int) -> None:
    """Another program has locked it, so nothing can be written to the end: the log says so."""
    async with running(database, silent_server) as process:
        await process.wait_for_lines("rooms: this process leads")
        with closing(sqlite3.connect(database, isolation_level=None, timeout=EXIT_WITHIN)) as other:
            other.execute("BEGIN EXCLUSIVE")
            logged = await process.stop(signal.SIGTERM)
    assert logged[-1].endswith("bot.process: stopped, although not everything has ended within 8 seconds")
