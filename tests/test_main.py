"""The command line as operators and service managers see it: real processes, exit statuses, one sentence each."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

ROOT = Path(__file__).parents[1]
TOKEN = "the-token"


@pytest.fixture
async def discord() -> AsyncIterator[str]:
    """A Discord on paper that knows one token and has no gateway."""

    async def me(request: web.Request) -> web.Response:
        known = request.headers["Authorization"] == f"Bot {TOKEN}"
        return web.json_response({"message": "401: Unauthorized", "code": 0}, status=503 if known else 401)

    app = web.Application()
    app.router.add_get("/users/@me", me)
    async with TestServer(app) as server:
        yield f"http://127.0.0.1:{server.port}"


@pytest.fixture
def environment(tmp_path: Path, discord: str) -> dict[str, str]:
    """Settings with which it runs, without video."""
    port = unused_port()
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "DISCORD_TOKEN": TOKEN,
        "SESSION_SECRET": "x" * 32,
        "HEYBUDDY_DISCORD__API_BASE": discord,
        "HEYBUDDY_WEB__PORT": str(port),
        "HEYBUDDY_WEB__PUBLIC_URL": f"http://localhost:{port}",
        "HEYBUDDY_STORE__DATABASE": f"sqlite:///{tmp_path}/run.sqlite3",
    }


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port somebody else listens at."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


class Running:
    """A `heybuddy` process and what it has said so far."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.said = ""

    async def says(self, words: str) -> None:
        """Wait until it says these words on standard error."""
        assert self._process.stderr is not None
        while words not in self.said:
            line = await self._process.stderr.readline()
            assert line, f"it ended without saying {words!r}:\n{self.said}"
            self.said += line.decode()

    async def ends(self, with_signal: int | None = None) -> int:
        """Its exit status, after a signal where one is given."""
        if with_signal is not None:
            self._process.send_signal(with_signal)
        _, rest = await self._process.communicate()
        self.said += rest.decode()
        assert self._process.returncode is not None
        return self._process.returncode


Start = Callable[..., Awaitable[Running]]


@pytest.fixture
async def start(environment: dict[str, str], tmp_path: Path) -> AsyncIterator[Start]:
    """Starts `heybuddy` with these arguments, and changes to the environment by keyword; ends what is left over."""
    started: list[asyncio.subprocess.Process] = []

    async def run(*arguments: str, **changed: str) -> Running:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "bot", *arguments),
            cwd=tmp_path,
            env=environment | changed,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        started.append(process)
        return Running(process)

    yield run
    for process in started:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def test_a_signal_ends_it_as_asked(start: Start) -> None:
    """SIGTERM and SIGINT alike: exit status 0."""
    for number in (signal.SIGTERM, signal.SIGINT):
        running = await start("run")
        await running.says("the page listens at")
        assert await running.ends(with_signal=number) == 0


async def test_without_video_it_runs_says_so_and_is_not_ready(start: Start, environment: dict[str, str]) -> None:
    """The process is healthy; what is missing is a word a line."""
    running = await start("run")
    await running.says("there is no video")
    page = environment["HEYBUDDY_WEB__PUBLIC_URL"]
    async with aiohttp.ClientSession(page) as http, http.get("/healthz") as healthy, http.get("/readyz") as ready:
        assert (healthy.status, await healthy.text()) == (200, "ok\n")
        assert (ready.status, (await ready.text()).split()) == (503, ["video", "discord"])
    assert await running.ends(with_signal=signal.SIGTERM) == 0


async def test_a_livekit_that_is_not_there_is_said(start: Start) -> None:
    """It runs on; the log names the setting."""
    running = await start("run", LIVEKIT_URL="ws://127.0.0.1:1", LIVEKIT_API_KEY="key", LIVEKIT_API_SECRET="y" * 32)
    await running.says("LiveKit does not answer at livekit.api_url")
    assert await running.ends(with_signal=signal.SIGTERM) == 0


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"DISCORD_TOKEN": "another"}, "discord.token: "),
        ({"HEYBUDDY_STORE__DATABASE": "sqlite:////nowhere/at/all"}, "store.database: The database /nowhere/at/all"),
        ({"HEYBUDDY_WEB__PORT": "taken"}, "web.port: nothing can listen at 127.0.0.1:"),
        ({"SESSION_SECRET": ""}, "web.session_secret: is missing"),
    ],
)
async def test_what_keeps_it_from_running_is_one_sentence(
    start: Start, taken_port: int, changed: dict[str, str], sentence: str
) -> None:
    """Exit status 2, and the last line names the setting."""
    if changed.get("HEYBUDDY_WEB__PORT"):
        changed = {"HEYBUDDY_WEB__PORT": str(taken_port)}
    running = await start("run", **changed)
    assert await running.ends() == 2
    last = running.said.splitlines()[-1]
    assert last.startswith(sentence)
    assert "Traceback" not in running.said


async def test_parts_can_run_alone(start: Start) -> None:
    """A matchmaker needs no token and no address."""
    running = await start("run", "--parts", "matchmaker,janitor", DISCORD_TOKEN="", HEYBUDDY_WEB__PUBLIC_URL="")
    await running.says("running")
    assert await running.ends(with_signal=signal.SIGTERM) == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "--parts", "kitchen"),
        ("run", "--shard-ids", "one"),
        ("check", "--set", "web.port"),
        ("run", "--set", "discord.token=a"),
        ("dance",),
    ],
)
async def test_wrong_usage_is_status_two(start: Start, arguments: tuple[str, ...]) -> None:
    """With a word on how to write it."""
    running = await start(*arguments)
    assert await running.ends() == 2
    assert "Usage: heybuddy" in running.said


async def test_a_check_that_found_something_is_status_one(start: Start) -> None:
    """A script can tell it from a wrong call."""
    assert await (await start("check", "--json")).ends() == 1


async def test_init_writes_once(start: Start, tmp_path: Path) -> None:
    """The second time it leaves the file alone."""
    assert await (await start("init")).ends() == 0
    written = (tmp_path / "config.toml").read_text()
    assert await (await start("init")).ends() == 2
    assert (tmp_path / "config.toml").read_text() == written


async def test_a_file_beside_it_is_read_unless_another_is_named(start: Start, tmp_path: Path) -> None:
    """`./config.toml` if there is one; `--config` beats it."""
    (tmp_path / "config.toml").write_text('[log]\nlevel = "here"\n')
    (tmp_path / "named.toml").write_text('[log]\nlevel = "named"\nform = 1\n')
    beside, named = await start("run"), await start("run", "--config", "named.toml")
    assert (await beside.ends(), await named.ends()) == (2, 2)
    assert (beside.said.count("\n"), named.said.count("\n")) == (1, 2)


async def test_migrate_brings_the_database_up_to_date(start: Start, tmp_path: Path) -> None:
    """It needs neither token nor address, and again changes nothing."""
    for _ in range(2):
        running = await start("migrate", DISCORD_TOKEN="", SESSION_SECRET="", HEYBUDDY_WEB__PUBLIC_URL="")
        assert await running.ends() == 0
    assert (tmp_path / "run.sqlite3").exists()
