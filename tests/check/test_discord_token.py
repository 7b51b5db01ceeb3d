"""A wrong token is told from a Discord that cannot be reached, or that something else answers for."""

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.check.clocks import ClockComparison
from bot.check.discord_answer import DiscordApi
from bot.check.discord_token import ask_discord
from bot.check.finding import Finding
from bot.config import DiscordSettings
from tests.check.installation import CLOCK
from tests.polling import TIMEOUT


async def ask(api_base: str, usual: str | None = None) -> Finding:
    """What is found with Discord at this address, which is the usual one if no other is given."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT)) as http:
        settings = DiscordSettings(token="the-token", api_base=api_base)
        discord = DiscordApi(settings=settings, http=http, clocks=ClockComparison(CLOCK), usual_base=usual or api_base)
        found = await ask_discord(discord, is_running=is_running)
    return found[0]


async def is_running() -> bool:
    """The bot runs."""
    return True


HTML, JSON = "text/html", "application/json"
UNAUTHORIZED = '{"message": "401: Unauthorized", "code": 0}'


@pytest.mark.parametrize(
    ("status", "body", "content_type", "subject", "said", "elsewhere"),
    [
        (200, '{"username": "Buddy"}', JSON, "discord.token", "logs in as Buddy", "logs in as Buddy"),
        (401, UNAUTHORIZED, JSON, "discord.token", "doesn't know this token: copy it again", "copy it again"),
        (401, "<h1>Log in</h1>", HTML, "discord.api_base", "status 401): is there a login page", "leave it out"),
        (401, "", HTML, "discord.api_base", "status 401): is there a login page", "leave it out"),
        (401, '{"detail": "no"}', JSON, "discord.api_base", "something other than Discord", "something other than"),
        (200, "<h1>Campus network: log in</h1>", HTML, "discord.api_base", "is there a login page", "leave it out"),
        (302, "", HTML, "discord.api_base", "something other than Discord answers (status 302)", "leave it out"),
        (403, "error code: 1020", HTML, "discord.api_base", "something other than Discord answers (status 403)", "403"),
        (403, '{"message": "no"}', JSON, "discord.api_base", "(status 403): correct it", "(status 403)"),
        (404, "", HTML, "discord.api_base", "something other than Discord answers (status 404)", "leave it out"),
        (404, '{"message": "404: Not Found"}', JSON, "discord.api_base", "correct it, or leave it", "correct it"),
        (
            429,
            "<h1>Rate limited</h1>",
            HTML,
            "discord.api_base",
            "to wait (status 429): check again in 60 min",
            "60 min",
        ),
        (500, "", "text/plain", "discord.api_base", "(status 500): see discordstatus.com", "see its log"),
        (503, "", "text/plain", "discord.api_base", "(status 503): see discordstatus.com", "doesn't reach Discord"),
        (521, "", HTML, "discord.api_base", "(status 521): see discordstatus.com", "doesn't reach Discord"),
        (200, "[]", JSON, "discord.api_base", "something other than Discord answers (status 200)", "leave it out"),
        (200, "{}", JSON, "discord.api_base", "something other than Discord answers (status 200)", "leave it out"),
        (200, "null", JSON, "discord.api_base", "something other than Discord answers (status 200)", "leave it out"),
        (200, '{"username": null}', JSON, "discord.api_base", "something other than Discord", "leave it out"),
        (
            200,
            "not JSON",
            JSON,
            "discord.api_base",
            "something other than Discord answers (status 200)",
            "leave it out",
        ),
        (200, "[" * 100_000, JSON, "discord.api_base", "something other than Discord answers", "leave it out"),
    ],
)
async def test_answers(status: int, body: str, content_type: str, subject: str, said: str, elsewhere: str) -> None:
    """Every answer has a sentence, at Discord's address and elsewhere; only Discord's refusal is about the token."""

    async def answer(request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bot the-token"
        return web.Response(status=status, text=body, content_type=content_type)

    app = web.Application()
    app.router.add_get("/users/@me", answer)
    async with TestServer(app) as server:
        address = f"http://127.0.0.1:{server.port}"
        findings = await ask(address), await ask(address, usual="https://discord.com/api/v10")
    for finding, expected in zip(findings, (said, elsewhere), strict=True):
        assert (finding.subject, finding.ok) == (subject, said.startswith("logs in"))
        assert expected in finding.message


@pytest.mark.parametrize(("seconds", "said"), [("30", "in 30 s"), ("600", "in 10 min"), ("soon", "in 60 min")])
async def test_a_pause(seconds: str, said: str) -> None:
    """Discord says how long."""

    async def answer(_: web.Request) -> web.Response:
        return web.json_response({}, status=429, headers={"Retry-After": seconds})

    app = web.Application()
    app.router.add_get("/users/@me", answer)
    async with TestServer(app) as server:
        finding = await ask(f"http://127.0.0.1:{server.port}")
    assert finding.message.endswith(f"check again {said}")


@pytest.mark.parametrize(
    ("usual", "asked"),
    [(None, "says nothing; is a firewall blocking Discord?"), ("https://discord.com/api/v10", "see the log of")],
)
async def test_silence(usual: str | None, asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can look into Discord's own log."""

    async def be_silent(*_: object, **__: object) -> None:
        raise TimeoutError

    monkeypatch.setattr("bot.check.discord_answer.fetch", be_silent)
    finding = await ask("http://127.0.0.1:1", usual)
    assert asked in finding.message
    assert ("log" in finding.message) is (usual is not None)


@pytest.mark.parametrize(
    ("usual", "asked"),
    [
        (None, "is a firewall blocking Discord?"),
        ("https://discord.com/api/v10", "is it running, and is the address right?"),
    ],
)
async def test_nobody_answers(usual: str | None, asked: str) -> None:
    """The way to the internet is asked about, unless the address is another one."""
    finding = await ask("http://127.0.0.1:1", usual)
    assert finding.message == f"Discord can't be reached: nothing listens there; {asked}"
