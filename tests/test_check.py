"""`heybuddy check` tries everything at once, names the setting that is wrong, and ends in time."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from rich.console import Console

from bot import check
from bot.clock import SystemClock
from bot.config import load_settings
from bot.sandbox.livekit_server import LiveKitServer
from tests.check.installation import Place
from tests.check.livekit_variants import running_livekit
from tests.polling import TIMEOUT
from tests.stopwatch import Stopwatch

pytestmark = pytest.mark.asyncio(loop_scope="module")

TOKEN = "the-token"
UNAUTHORIZED = {"message": "401: Unauthorized", "code": 0}
LONGEST_S = 15
QUICKER = 4


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place() -> Place:
    return Place()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def livekit(place: Place) -> AsyncIterator[LiveKitServer]:
    async with running_livekit(place.webhook_url) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def discord() -> AsyncIterator[str]:
    """The address of a stand-in for Discord that knows one token."""

    async def answer(request: web.Request) -> web.Response:
        known = request.headers["Authorization"] == f"Bot {TOKEN}"
        return web.json_response({"username": "Buddy"} if known else UNAUTHORIZED, status=200 if known else 401)

    async def tell_application(_: web.Request) -> web.Response:
        return web.json_response({"id": "7"})

    async def tell_commands(_: web.Request) -> web.Response:
        return web.json_response([])

    app = web.Application()
    app.router.add_get("/users/@me", answer)
    app.router.add_get("/oauth2/applications/@me", tell_application)
    app.router.add_get("/applications/7/commands", tell_commands)
    async with TestServer(app) as server:
        yield f"http://127.0.0.1:{server.port}"


@pytest.fixture
def environment(discord: str, livekit: LiveKitServer, place: Place, tmp_path: Path) -> dict[str, str]:
    """An environment with which every check passes."""
    return {
        "DISCORD_TOKEN": TOKEN,
        "HEYBUDDY_OPS__SAFETY_CONTACT": "99",
        "HEYBUDDY_DISCORD__API_BASE": discord,
        "HEYBUDDY_WEB__PUBLIC_URL": place.public_url,
        "HEYBUDDY_WEB__PORT": str(place.port),
        "HEYBUDDY_STORE__DATABASE": f"sqlite:///{tmp_path}/check.sqlite3",
        "SESSION_SECRET": "x" * 32,
        "HEYBUDDY_PRIVACY__KEY": "x" * 32,
        "LIVEKIT_URL": livekit.url,
        "LIVEKIT_API_KEY": livekit.api_key,
        "LIVEKIT_API_SECRET": livekit.api_secret,
    }


def rendered(findings: Sequence[check.Finding]) -> str:
    """The table that people see on a terminal of 80 columns."""
    console = Console(width=80)
    with console.capture() as capture:
        console.print(check.findings_as_table(findings))
    return capture.get()


async def run(
    environment: dict[str, str], file: Path = Path("none.toml"), patience: check.Patience | None = None
) -> Sequence[check.Finding]:
    """All findings with this environment."""
    return await check.run_checks(
        lambda: load_settings(environment=environment), file, SystemClock(), environment=environment, patience=patience
    )


async def problems_found(
    environment: dict[str, str], file: Path = Path("none.toml"), patience: check.Patience | None = None
) -> list[str]:
    """The problems found with this environment, as `key: sentence`."""
    found = await run(environment, file, patience)
    return [f"{finding.subject}: {finding.message}" for finding in found if not finding.ok]


async def test_a_correct_installation_has_no_problem(environment: dict[str, str], tmp_path: Path) -> None:
    """Before the first run everything is tried, everything passes, and nothing is left behind."""
    findings = await run(environment)
    assert [finding.subject for finding in findings if finding.ok] == [
        "settings",
        "store.database",
        "processes",
        "discord.token",
        "commands",
        "web.public_url",
        "livekit.url",
        "livekit.url",
        "webhook",
        "clocks",
    ]
    written = json.loads(check.findings_as_json(findings))
    assert written["ok"] is True
    assert written["findings"][0] == {"about": "settings", "ok": True, "note": False, "says": "are complete"}
    assert "– processes      Hey Buddy isn't running" in rendered(findings)  # noqa: RUF001
    assert "✓ discord.token  logs in as Buddy" in rendered(findings)
    assert list(tmp_path.iterdir()) == []


async def test_text_from_outside_is_not_markup() -> None:
    """Brackets in a bot's name neither color the output nor break it."""
    finding = check.Finding(subject="discord.token", ok=True, message="logs in as [red]:fire:[/nonsense]")
    assert rendered([finding]).rstrip() == "✓ discord.token logs in as [red]:fire:[/nonsense]"


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"DISCORD_TOKEN": "another"}, "discord.token: Discord doesn't know this token"),
        ({"HEYBUDDY_DISCORD__API_BASE": "http://127.0.0.1:1/api"}, "discord.api_base: Discord can't be reached"),
        ({"HEYBUDDY_STORE__DATABASE": "sqlite:////nowhere/at/all"}, "store.database: the folder /nowhere/at doesn't"),
        ({"HEYBUDDY_WEB__PORT": "many"}, 'web.port: can\'t be "many"; write a whole number'),
        ({"LIVEKIT_API_SECRET": "z" * 32}, "livekit.api_secret: LiveKit knows livekit.api_key, but"),
        ({"LIVEKIT_URL": "ws://127.0.0.1:1"}, "livekit.url: LiveKit can't be reached at livekit.url"),
        ({"HEYBUDDY_LIVEKIT__API_URL": "http://127.0.0.1:1"}, "livekit.api_url: LiveKit can't be reached"),
        ({"LIVEKIT_URL": "", "LIVEKIT_API_KEY": "", "LIVEKIT_API_SECRET": ""}, "livekit.url: isn't set"),
    ],
)
async def test_a_wrong_setting_is_named_by_its_key(
    environment: dict[str, str], changed: dict[str, str], found: str
) -> None:
    """One wrong setting gives exactly one problem."""
    [line] = await problems_found(environment | changed)
    assert line.startswith(found)


async def test_a_database_on_postgres(environment: dict[str, str], postgres_url: str) -> None:
    """Its server is looked at instead of a file and a disk; that of the tests keeps nothing safe, on purpose."""
    lines = await problems_found(environment | {"HEYBUDDY_STORE__DATABASE": postgres_url})
    assert [line.partition(" is off")[0] for line in lines] == [
        "store.database: fsync",
        "store.database: synchronous_commit",
    ]


async def test_a_settings_file_that_others_can_read_is_found(environment: dict[str, str], tmp_path: Path) -> None:
    """Only the owner may have access to the file."""
    file = tmp_path / "config.toml"
    file.touch(mode=0o600)
    assert await problems_found(environment, file) == []
    file.chmod(0o644)
    [line] = await problems_found(environment, file)
    assert line.endswith(f"chmod 600 {file}")


@pytest.mark.parametrize("asked", [True, False])
async def test_the_safety_contact_is_tried_only_if_that_is_asked_for(environment: dict[str, str], asked: bool) -> None:
    """This stand-in for Discord delivers no messages."""
    found = await check.run_checks(
        lambda: load_settings(environment=environment),
        Path("none.toml"),
        SystemClock(),
        environment=environment,
        tests_contact=asked,
    )
    assert [each.subject for each in found if not each.ok] == (["ops.safety_contact"] if asked else [])


async def test_every_settings_problem_is_a_finding() -> None:
    """If the settings cannot be read, nothing else is tried."""
    assert [line.partition(":")[0] for line in await problems_found({"HEYBUDDY_WEB__PORT": "0"})] == [
        "discord.token",
        "web.public_url",
        "web.session_secret",
        "privacy.key",
    ]


async def test_servers_that_never_answer(environment: dict[str, str]) -> None:
    """If everything accepts connections and then says nothing, the check ends in time and names them all.

    Here it waits a quarter as long for each answer as it does otherwise.
    """
    shortened = {name: seconds / QUICKER for name, seconds in asdict(check.Patience()).items()}
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        changed = {
            "HEYBUDDY_DISCORD__API_BASE": f"http://{address}",
            "HEYBUDDY_WEB__PUBLIC_URL": f"http://{address}",
            "LIVEKIT_URL": f"ws://{address}",
        }
        watch = Stopwatch()
        async with asyncio.timeout(TIMEOUT):
            lines = await problems_found(environment | changed, patience=check.Patience(**shortened))
    assert watch.seconds < LONGEST_S / QUICKER
    assert [line.partition(":")[0] for line in lines] == [
        "discord.api_base",
        "web.public_url",
        "livekit.url",
    ]
    assert all("accepts the connection and then says nothing" in line for line in lines)
