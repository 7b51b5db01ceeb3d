"""The command line as operators and service managers see it: real processes, exit statuses and messages."""

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
from aiohttp.test_utils import TestServer

from bot.__main__ import main
from tests.notify_socket import NotifySocket
from tests.polling import TIMEOUT
from tests.ports import free_port

pytestmark = pytest.mark.dose

ROOT = Path(__file__).parents[1]
TOKEN = "the-token"


@pytest.fixture
async def discord() -> AsyncIterator[str]:
    """A fake Discord that knows one token and has no gateway."""

    async def me(request: web.Request) -> web.Response:
        known = request.headers["Authorization"] == f"Bot {TOKEN}"
        return web.json_response({"message": "401: Unauthorized", "code": 0}, status=503 if known else 401)

    app = web.Application()
    app.router.add_get("/users/@me", me)
    async with TestServer(app) as server:
        yield f"http://127.0.0.1:{server.port}"


@pytest.fixture
def environment(tmp_path: Path, discord: str) -> dict[str, str]:
    """An environment with which `heybuddy run` works, without video."""
    port = free_port()
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "DISCORD_TOKEN": TOKEN,
        "SESSION_SECRET": "x" * 32,
        "HEYBUDDY_PRIVACY__KEY": "x" * 32,
        "HEYBUDDY_DISCORD__API_BASE": discord,
        "HEYBUDDY_WEB__PORT": str(port),
        "HEYBUDDY_WEB__PUBLIC_URL": f"http://localhost:{port}",
        "HEYBUDDY_STORE__DATABASE": f"sqlite:///{tmp_path}/run.sqlite3",
    }


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port at which another program listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


class HeyBuddyProcess:
    """A running `heybuddy` process and its output on standard error so far."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.output = ""

    async def wait_for_output(self, words: str) -> None:
        """Wait until these words appear on standard error."""
        assert self._process.stderr is not None
        async with asyncio.timeout(TIMEOUT):
            while words not in self.output:
                line = await self._process.stderr.readline()
                assert line, f"it ended without printing {words!r}:\n{self.output}"
                self.output += line.decode()

    async def wait_for_exit(self, with_signal: int | None = None) -> int:
        """Send the signal, if any, and return the exit status."""
        if with_signal is not None:
            self._process.send_signal(with_signal)
        _, rest = await self._process.communicate()
        self.output += rest.decode()
        assert self._process.returncode is not None
        return self._process.returncode


StartProcess = Callable[..., Awaitable[HeyBuddyProcess]]


@pytest.fixture
async def start(environment: dict[str, str], tmp_path: Path) -> AsyncIterator[StartProcess]:
    """Starts `heybuddy` with arguments, and changes to the environment by keyword; kills what still runs at the end."""
    started: list[asyncio.subprocess.Process] = []

    async def run(*arguments: str, **changed: str) -> HeyBuddyProcess:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "bot", *arguments),
            cwd=tmp_path,
            env=environment | changed,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        started.append(process)
        return HeyBuddyProcess(process)

    yield run
    for process in started:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def test_a_signal_ends_it_normally(start: StartProcess) -> None:
    """SIGTERM, SIGINT and SIGHUP give exit status 0. The log says what starts, where, and that it has stopped."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        running = await start("run")
        await running.wait_for_output("the page listens at")
        assert await running.wait_for_exit(with_signal=number) == 0
        first, *_, last = running.output.splitlines()
        assert "starting chat, web, matchmaker, janitor, with the database /" in first
        assert last.endswith(" bot.process: stopped")


async def test_without_video_it_runs_but_is_not_ready(start: StartProcess, environment: dict[str, str]) -> None:
    """The process is healthy; `/readyz` lists what is missing."""
    running = await start("run")
    await running.wait_for_output("the page listens at")
    await running.wait_for_output("there's no video")
    page = environment["HEYBUDDY_WEB__PUBLIC_URL"]
    async with aiohttp.ClientSession(page) as http, http.get("/healthz") as healthy, http.get("/readyz") as ready:
        assert (healthy.status, await healthy.text()) == (200, "ok\n")
        assert (ready.status, (await ready.text()).split()) == (503, ["video", "gateway", "commands"])
    assert await running.wait_for_exit(with_signal=signal.SIGTERM) == 0


async def test_an_unreachable_livekit_is_logged(start: StartProcess) -> None:
    """The bot keeps running and logs the name of the setting."""
    running = await start("run", LIVEKIT_URL="ws://127.0.0.1:1", LIVEKIT_API_KEY="key", LIVEKIT_API_SECRET="y" * 32)
    await running.wait_for_output("LiveKit can't be reached at livekit.url")
    assert await running.wait_for_exit(with_signal=signal.SIGTERM) == 0


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"DISCORD_TOKEN": "another"}, "discord.token: "),
        (
            {"HEYBUDDY_STORE__DATABASE": "sqlite:////nowhere/at/all"},
            "store.database: the folder /nowhere/at doesn't exist",
        ),
        ({"HEYBUDDY_WEB__PORT": "taken"}, "web.port: nothing can listen at 127.0.0.1:"),
        ({"SESSION_SECRET": ""}, "web.session_secret: is missing"),
    ],
)
async def test_a_failed_start_is_explained_in_one_sentence(
    start: StartProcess, taken_port: int, changed: dict[str, str], sentence: str
) -> None:
    """The exit status is 2, and the last line names the setting."""
    if changed.get("HEYBUDDY_WEB__PORT"):
        changed = {"HEYBUDDY_WEB__PORT": str(taken_port)}
    running = await start("run", **changed)
    assert await running.wait_for_exit() == 2
    last = running.output.splitlines()[-1]
    assert last.startswith(sentence)
    assert "Traceback" not in running.output


async def test_a_database_that_is_away_is_worth_another_try(start: StartProcess) -> None:
    """The exit status is 1, so that a service manager starts it again: after a reboot PostgreSQL may come later."""
    running = await start("run", HEYBUDDY_STORE__DATABASE="postgresql://me:hush@127.0.0.1:1/b")
    assert await running.wait_for_exit() == 1
    last = running.output.splitlines()[-1]
    assert last.startswith("store.database: The database postgresql://me@127.0.0.1:1/b can't be used: nothing listens")
    assert last.endswith("is the address right?")
    assert "hush" not in running.output


async def test_parts_can_run_alone_and_tell_the_service_manager(start: StartProcess, tmp_path: Path) -> None:
    """A matchmaker needs neither a token nor an address; systemd hears when it works, and when it stops."""
    manager = NotifySocket(str(tmp_path / "notify"))
    running = await start(
        *("run", "--parts", "matchmaker,janitor"),
        DISCORD_TOKEN="",
        HEYBUDDY_WEB__PUBLIC_URL="",
        NOTIFY_SOCKET=manager.address,
    )
    await running.wait_for_output("ready: this process runs matchmaker, janitor\n")
    assert await running.wait_for_exit(with_signal=signal.SIGTERM) == 0
    assert manager.received() == ["READY=1\nSTATUS=ready: this process runs matchmaker, janitor", "STOPPING=1"]
    manager.close()


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
def test_wrong_usage_prints_the_usage(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """And gives exit status 2, before anything is loaded or opened."""
    assert main(arguments) == 2
    assert "Usage: heybuddy" in capsys.readouterr().err


async def test_wrong_usage_has_exit_status_two(start: StartProcess) -> None:
    """The status that `main` returns is the one of the process."""
    running = await start("dance")
    assert await running.wait_for_exit() == 2
    assert "Usage: heybuddy" in running.output


async def test_a_failed_check_has_exit_status_one(start: StartProcess) -> None:
    """A script can tell a failed check from wrong usage."""
    assert await (await start("check", "--json")).wait_for_exit() == 1


async def test_a_check_that_nobody_reads(environment: dict[str, str], tmp_path: Path) -> None:
    """Its exit status still says what it has found, and it complains of nothing."""
    reader, writer = os.pipe()
    os.close(reader)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "check"),
        cwd=tmp_path,
        env=environment,
        stdout=writer,
        stderr=asyncio.subprocess.PIPE,
    )
    os.close(writer)
    assert (await process.communicate())[1] == b""
    assert process.returncode == 1


async def test_init_never_overwrites(start: StartProcess, tmp_path: Path) -> None:
    """The second call leaves the file unchanged."""
    assert await (await start("init")).wait_for_exit() == 0
    written = (tmp_path / "config.toml").read_text()
    assert await (await start("init")).wait_for_exit() == 2
    assert (tmp_path / "config.toml").read_text() == written


async def test_the_named_file_wins_over_the_default_file(start: StartProcess, tmp_path: Path) -> None:
    """`./config.toml` is read if it exists, unless `--config` names another file."""
    (tmp_path / "config.toml").write_text('[log]\nlevel = "here"\n')
    (tmp_path / "named.toml").write_text('[log]\nlevel = "named"\nform = 1\n')
    default, named = await start("run"), await start("run", "--config", "named.toml")
    assert (await default.wait_for_exit(), await named.wait_for_exit()) == (2, 2)
    assert (default.output.count("\n"), named.output.count("\n")) == (1, 2)


@pytest.mark.parametrize("written", ["", 'matching.wait_minutes = "long"'])
async def test_commands_for_the_database_need_only_its_place(
    start: StartProcess, tmp_path: Path, environment: dict[str, str], written: str
) -> None:
    """They work with a fresh config.toml, and whatever is wrong with the settings of other commands."""
    for name in set(environment) - {"PATH", "PYTHONPATH"}:
        del environment[name]
    await (await start("init")).wait_for_exit()
    config = tmp_path / "config.toml"
    config.write_text(config.read_text() + written)
    for arguments in (("migrate",), ("backup", "copy.db"), ("restore", "copy.db")):
        running = await start(*arguments, DISCORD_TOKEN_FILE="missing")
        assert await running.wait_for_exit() == 0, running.output
    assert (tmp_path / "heybuddy.sqlite3").exists()


ONE_MEMBER = """\
{"kind": "market", "favourites": [], "met": [], "blocks": []}
{"kind": "ticket", "t": 1, "member": "m", "pool": "p", "subject": "s", "subject_group": "k", "level": 0, \
"style": "quiet", "camera": "on", "lengths": [50], "languages": ["en"], "patience_s": 60, "leaves_s": null}
"""


async def test_a_trial_of_the_weights_needs_only_them(start: StartProcess, tmp_path: Path) -> None:
    """Also beside a database that does not exist and an address that cannot be one."""
    trial = {"HEYBUDDY_STORE__DATABASE": "nothing", "HEYBUDDY_WEB__PUBLIC_URL": "nowhere", "DISCORD_TOKEN": ""}
    (tmp_path / "day.jsonl").write_text(ONE_MEMBER)
    running = await start("simulate", "day.jsonl", "--no-hindsight", **trial)
    assert await running.wait_for_exit() == 0, running.output
    wrong = await start("simulate", "day.jsonl", "--set", "matching.weight_subject=2", **trial)
    assert await wrong.wait_for_exit() == 2
    assert wrong.output.startswith("matching.weight_subject: ")


async def test_migrate_brings_the_database_up_to_date(start: StartProcess, tmp_path: Path) -> None:
    """It needs neither token nor address, and a second call changes nothing."""
    for _ in range(2):
        running = await start("migrate", DISCORD_TOKEN="", SESSION_SECRET="", HEYBUDDY_WEB__PUBLIC_URL="")
        assert await running.wait_for_exit() == 0
    assert (tmp_path / "run.sqlite3").exists()
