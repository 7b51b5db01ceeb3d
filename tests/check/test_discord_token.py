"""A wrong token is told from a Discord that cannot be reached, or that something else answers for."""

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.check.clocks import ClockComparison
from bot.check.discord_token import check_discord
from bot.check.finding import Finding
from bot.config import DiscordSettings
from tests.check.installation import CLOCK


async def ask(api_base: str) -> Finding:
    """What is found with Discord at this address."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as http:
        found = await check_discord(
            DiscordSettings(token="the-token", api_base=api_base), http, ClockComparison(CLOCK), is_running=True
        )
    return found[0]


@pytest.mark.parametrize(
    ("status", "body", "content_type", "subject", "said"),
    [
        (200, '{"username": "Buddy"}', "application/json", "discord.token", "logs in as Buddy"),
        (401, '{"message": "401: Unauthorized"}', "application/json", "discord.token", "does not know this token"),
        (200, "<h1>Campus network: log in</h1>", "text/html", "discord.api_base", "is there a login page"),
        (302, "", "text/html", "discord.api_base", "something else than Discord answers (status 302)"),
        (403, "error code: 1020", "text/html", "discord.api_base", "something else than Discord answers (status 403)"),
        (404, "", "text/html", "discord.api_base", "something else than Discord answers (status 404)"),
        (429, "<h1>Rate limited</h1>", "text/html", "discord.api_base", "asks this machine's address to wait"),
        (500, "", "text/plain", "discord.api_base", "Discord itself has trouble (status 500)"),
        (503, "", "text/plain", "discord.api_base", "Discord itself has trouble (status 503)"),
        (200, "[]", "application/json", "discord.api_base", "Discord does not answer"),
        (200, "not JSON", "application/json", "discord.api_base", "Discord does not answer"),
    ],
)
async def test_answers(status: int, body: str, content_type: str, subject: str, said: str) -> None:
    """Every answer has a sentence, and only Discord's own refusal is about the token."""

    async def answer(request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bot the-token"
        return web.Response(status=status, text=body, content_type=content_type)

    app = web.Application()
    app.router.add_get("/users/@me", answer)
    async with TestServer(app) as server:
        finding = await ask(f"http://127.0.0.1:{server.port}")
    assert (finding.subject, finding.ok) == (subject, said.startswith("logs in"))
    assert said in finding.message


async def test_nobody_answers() -> None:
    """The way to the internet is asked about."""
    finding = await ask("http://127.0.0.1:1")
    assert (
        finding.message == "Discord does not answer: nothing listens there; is this machine's way to the internet open?"
    )
