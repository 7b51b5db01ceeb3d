"""`heybuddy check` really tries the database, Discord and LiveKit, and names the setting that is wrong."""

import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from rich.console import Console

from bot import check
from bot.clock import SystemClock
from bot.config import load_settings

TOKEN = "the-token"
LIST_ROOMS = "/twirp/livekit.RoomService/ListRooms"


class FakeServices:
    """Discord and LiveKit at one address, with answers that the test has set."""

    def __init__(self) -> None:
        self.join: tuple[int, str] = (404, "requested room does not exist")
        self.rooms: tuple[int, str] = (200, "")
        self.discord = 200

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/api/users/@me", self._me)
        app.router.add_get("/rtc/validate", self._join)
        app.router.add_post(LIST_ROOMS, self._rooms)
        return app

    async def _me(self, request: web.Request) -> web.Response:
        known = request.headers["Authorization"] == f"Bot {TOKEN}"
        status = self.discord if known else 401
        return web.json_response({"username": "Buddy"}, status=status)

    async def _join(self, request: web.Request) -> web.Response:
        assert request.query["access_token"].count(".") == 2
        return web.Response(status=self.join[0], text=self.join[1])

    async def _rooms(self, _: web.Request) -> web.Response:
        return web.Response(status=self.rooms[0], text=self.rooms[1], content_type="application/protobuf")


@pytest.fixture
def fake_services() -> FakeServices:
    return FakeServices()


@pytest.fixture
async def address(fake_services: FakeServices) -> AsyncIterator[str]:
    """The fake services' host and port."""
    async with TestServer(fake_services.app()) as server:
        yield f"127.0.0.1:{server.port}"


@pytest.fixture
def environment(address: str, tmp_path: Path) -> dict[str, str]:
    """An environment with which every check passes."""
    return {
        "DISCORD_TOKEN": TOKEN,
        "HEYBUDDY_DISCORD__API_BASE": f"http://{address}/api",
        "HEYBUDDY_WEB__PUBLIC_URL": "http://localhost:8080",
        "HEYBUDDY_STORE__DATABASE": f"sqlite:///{tmp_path}/check.sqlite3",
        "SESSION_SECRET": "x" * 32,
        "LIVEKIT_URL": f"ws://{address}",
        "LIVEKIT_API_KEY": "key",
        "LIVEKIT_API_SECRET": "y" * 32,
    }


def rendered(findings: Sequence[check.Finding]) -> str:
    """The table that people see."""
    console = Console(width=100)
    with console.capture() as capture:
        console.print(check.findings_as_table(findings))
    return capture.get()


async def problems_found(environment: dict[str, str], file: Path = Path("none.toml")) -> list[str]:
    """The problems found with this environment, as `key: sentence`."""
    findings = await check.run_checks(lambda: load_settings(environment=environment, path=None), file, SystemClock())
    return [f"{finding.subject}: {finding.message}" for finding in findings if not finding.ok]


async def test_a_correct_installation_has_no_problem(environment: dict[str, str]) -> None:
    """Settings, database, Discord and LiveKit are tried, and all four pass."""
    findings = await check.run_checks(lambda: load_settings(environment=environment), Path("none.toml"), SystemClock())
    assert [finding.subject for finding in findings if finding.ok] == [
        "settings",
        "store.database",
        "discord.token",
        "livekit.url",
    ]
    written = json.loads(check.findings_as_json(findings))
    assert written["ok"] is True
    assert written["findings"][0] == {"about": "settings", "ok": True, "says": "are complete"}
    assert "✓ discord.token  logs in as Buddy" in rendered(findings)


def test_text_from_outside_is_not_markup() -> None:
    """Brackets in a bot's name neither color the output nor break it."""
    finding = check.Finding(subject="discord.token", ok=True, message="logs in as [red]:fire:[/nonsense]")
    assert rendered([finding]).rstrip() == "✓ discord.token logs in as [red]:fire:[/nonsense]"


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"DISCORD_TOKEN": "another"}, "discord.token: Discord does not know this token"),
        ({"HEYBUDDY_DISCORD__API_BASE": "http://127.0.0.1:1/api"}, "discord.api_base: Discord does not answer"),
        ({"HEYBUDDY_STORE__DATABASE": "sqlite:////nowhere/at/all"}, "store.database: "),
        ({"HEYBUDDY_WEB__PORT": "many"}, "web.port: write a whole number"),
        ({"LIVEKIT_URL": "ws://127.0.0.1:1"}, "livekit.url: LiveKit does not answer where browsers look"),
        ({"HEYBUDDY_LIVEKIT__API_URL": "http://127.0.0.1:1"}, "livekit.api_url: LiveKit does not answer"),
        ({"LIVEKIT_URL": "", "LIVEKIT_API_KEY": "", "LIVEKIT_API_SECRET": ""}, "livekit.url: is not set"),
    ],
)
async def test_a_wrong_setting_is_named_by_its_key(
    environment: dict[str, str], changed: dict[str, str], found: str
) -> None:
    """One wrong setting gives exactly one problem."""
    [line] = await problems_found(environment | changed)
    assert line.startswith(found)


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ((401, "invalid token: eyJ"), "livekit.api_secret: LiveKit refuses this key or secret"),
        ((200, "success"), "livekit.url: LiveKit makes rooms for whoever comes"),
        ((404, "<h1>nginx</h1>"), "livekit.url: something else than LiveKit answers here (status 404)"),
        ((502, "bad gateway"), "livekit.url: something else than LiveKit answers here (status 502)"),
    ],
)
async def test_livekits_answers_are_distinguished(
    fake_services: FakeServices, environment: dict[str, str], answer: tuple[int, str], found: str
) -> None:
    """Joining a room that does not exist tells a wrong key, auto-created rooms and a foreign server apart."""
    fake_services.join = answer
    [line] = await problems_found(environment)
    assert line.startswith(found)
    assert "eyJ" not in line


async def test_a_failing_discord_is_not_a_wrong_token(fake_services: FakeServices, environment: dict[str, str]) -> None:
    """Status 503 is reported as Discord not answering."""
    fake_services.discord = 503
    [line] = await problems_found(environment)
    assert line.startswith("discord.api_base: Discord does not answer here as it should (status 503)")


async def test_a_settings_file_that_others_can_read_is_found(environment: dict[str, str], tmp_path: Path) -> None:
    """Only the owner may have access to the file."""
    file = tmp_path / "config.toml"
    file.touch(mode=0o600)
    assert await problems_found(environment, file) == []
    file.chmod(0o644)
    [line] = await problems_found(environment, file)
    assert line.endswith(f"chmod 600 {file}")


async def test_every_settings_problem_is_a_finding() -> None:
    """If the settings cannot be read, nothing else is tried."""
    assert [line.partition(":")[0] for line in await problems_found({})] == [
        "discord.token",
        "web.public_url",
        "web.session_secret",
    ]
