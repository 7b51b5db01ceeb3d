"""`heybuddy check` really tries each outside thing and names the setting that is wrong."""

import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from rich.console import Console

from bot import check
from bot.clock import SystemClock
from bot.config import load

TOKEN = "the-token"
LIST_ROOMS = "/twirp/livekit.RoomService/ListRooms"


class PaperOutside:
    """Discord and LiveKit on paper, at one address: they answer what the test wrote down."""

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
def outside() -> PaperOutside:
    return PaperOutside()


@pytest.fixture
async def address(outside: PaperOutside) -> AsyncIterator[str]:
    """Where the outside is, without a scheme."""
    async with TestServer(outside.app()) as server:
        yield f"127.0.0.1:{server.port}"


@pytest.fixture
def environment(address: str, tmp_path: Path) -> dict[str, str]:
    """Settings with which all is well."""
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


def shown(findings: Sequence[check.Finding]) -> str:
    """What a person sees of these findings."""
    console = Console(width=100)
    with console.capture() as seen:
        console.print(check.as_table(findings))
    return seen.get()


async def wrong(environment: dict[str, str], file: Path = Path("none.toml")) -> list[str]:
    """What is found with these settings, as keys and sentences."""
    findings = await check.everything(lambda: load(environment=environment, path=None), file, SystemClock())
    return [f"{finding.about}: {finding.says}" for finding in findings if not finding.ok]


async def test_where_all_is_well_nothing_is_found(environment: dict[str, str]) -> None:
    """Four things were tried and all four are fine."""
    findings = await check.everything(lambda: load(environment=environment), Path("none.toml"), SystemClock())
    assert [finding.about for finding in findings if finding.ok] == [
        "settings",
        "store.database",
        "discord.token",
        "livekit.url",
    ]
    assert json.loads(check.as_json(findings))["ok"] is True
    assert "✓ discord.token  logs in as Buddy" in shown(findings)


def test_words_from_outside_stay_as_they_are() -> None:
    """A bot may be called whatever it likes: brackets are no colours, and no error."""
    finding = check.Finding(about="discord.token", ok=True, says="logs in as [red]:fire:[/nonsense]")
    assert shown([finding]).rstrip() == "✓ discord.token logs in as [red]:fire:[/nonsense]"


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
async def test_what_is_wrong_is_named_by_its_key(
    environment: dict[str, str], changed: dict[str, str], found: str
) -> None:
    """One wrong setting, one finding."""
    [line] = await wrong(environment | changed)
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
async def test_livekits_answers_are_told_apart(
    outside: PaperOutside, environment: dict[str, str], answer: tuple[int, str], found: str
) -> None:
    """A join of a room that was never made shows all of it."""
    outside.join = answer
    [line] = await wrong(environment)
    assert line.startswith(found)
    assert "eyJ" not in line


async def test_discord_in_trouble_is_not_a_wrong_token(outside: PaperOutside, environment: dict[str, str]) -> None:
    """A 503 is Discord's own."""
    outside.discord = 503
    [line] = await wrong(environment)
    assert line.startswith("discord.api_base: Discord does not answer here as it should (status 503)")


async def test_secrets_that_others_can_read_are_found(environment: dict[str, str], tmp_path: Path) -> None:
    """A configuration belongs to its owner."""
    file = tmp_path / "config.toml"
    file.touch(mode=0o600)
    assert await wrong(environment, file) == []
    file.chmod(0o644)
    [line] = await wrong(environment, file)
    assert line.endswith(f"chmod 600 {file}")


async def test_every_wrong_setting_is_a_finding() -> None:
    """Where settings cannot be read, nothing else is tried."""
    assert [line.partition(":")[0] for line in await wrong({})] == [
        "discord.token",
        "web.public_url",
        "web.session_secret",
    ]
